import t from 'tap'
import { networkOf } from '#fastify-okta/oauth/client-network.js'

t.test('an IPv4 address stands for itself, in IPv6 notation as well', async (t) => {
  t.equal(networkOf('203.0.113.7'), '203.0.113.7')
  t.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7')
  t.equal(networkOf('::FFFF:203.0.113.7'), '203.0.113.7')
})

t.test('an IPv6 address stands for its /64 network, in any spelling', async (t) => {
  const same = ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002:0:0:0:1', '2001:db8:1:2::', '2001:db8:1:2::1%eth0']
  t.same(new Set(same.map(networkOf)), new Set(['2001:db8:1:2']))
  t.not(networkOf('2001:db8:1:3::1'), networkOf('2001:db8:1:2::1'))
  t.equal(networkOf('::1'), '0:0:0:0')
  t.equal(networkOf('2001:db8::1'), '2001:db8:0:0')
})

t.test('what is not an address is returned as it is', async (t) => {
  for (const address of ['', 'unix', 'unknown', '_hidden']) t.equal(networkOf(address), address)
})
