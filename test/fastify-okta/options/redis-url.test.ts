import t from 'tap'
import { hostsOfRedisUrl, parseRedisUrl } from 'fastify-okta'

t.test('a URL names one server, Sentinels with a primary, or nodes of a Cluster', async (t) => {
  const expected: Record<string, object> = {
    'redis://127.0.0.1': { kind: 'server', nodes: [{ host: '127.0.0.1', port: 6379 }], isTls: false, primary: '', database: 0 },
    'rediss://ada:sword%25fish@redis.example.com:6380/2': { kind: 'server', nodes: [{ host: 'redis.example.com', port: 6380 }], username: 'ada', password: 'sword%fish', isTls: true, primary: '', database: 2 },
    'redis://:swordfish@[::1]:6379/': { kind: 'server', nodes: [{ host: '::1', port: 6379 }], password: 'swordfish', isTls: false, primary: '', database: 0 },
    'redis-sentinel://:swordfish@a.example,b.example:26380/mymaster/3': { kind: 'sentinel', nodes: [{ host: 'a.example', port: 26_379 }, { host: 'b.example', port: 26_380 }], password: 'swordfish', isTls: false, primary: 'mymaster', database: 3 },
    'rediss-cluster://a.example:7000,[::1]:7001': { kind: 'cluster', nodes: [{ host: 'a.example', port: 7000 }, { host: '::1', port: 7001 }], isTls: true, primary: '', database: 0 }
  }
  for (const [url, address] of Object.entries(expected)) t.strictSame(parseRedisUrl(url), address, url)
})

t.test('a URL of another form is refused', async (t) => {
  const urls = [
    'redis-sentinel://a.example', 'redis-sentinel://a.example/', 'redis-sentinel://a.example/my master', 'redis-sentinel://a.example/mymaster/x',
    'redis-cluster://a.example/0', 'redis-cluster://a.example,', 'redis://a.example,b.example', 'redis-cluster://', 'redis-other://a.example',
    'redis-cluster://a.example:70000', 'redis-sentinel://:sword%fish@a.example/mymaster', 'redis-sentinel://a.example/mymaster?db=1'
  ]
  for (const url of urls) t.equal(parseRedisUrl(url), null, url)
})

t.test('the log gets the hosts and no credentials', async (t) => {
  t.equal(hostsOfRedisUrl('redis-sentinel://:swordfish@a.example,[::1]:26380/mymaster'), 'a.example:26379,[::1]:26380')
  t.equal(hostsOfRedisUrl('redis://user:swordfish@127.0.0.1'), '127.0.0.1:6379')
})
