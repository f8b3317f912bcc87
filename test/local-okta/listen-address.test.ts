import { request } from 'node:http'
import { hostname } from 'node:os'
import t from 'tap'
import { findListenAddress } from '#local-okta/listen-address.js'
import { startLocalOkta } from 'local-okta'
import { start } from './start.js'

t.test('addresses of the loopback and of private networks are accepted', async t => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.1.1', 'fd00::1', 'fe80::1']) {
    t.same(await findListenAddress(host, 'private'), { address: host, urlHost: host }, host)
  }
  t.match(await findListenAddress('localhost', 'loopback'), { address: /^(127\.0\.0\.1|::1)$/, urlHost: 'localhost' })
})

t.test('other addresses are refused unless they are asked for', async t => {
  for (const host of ['8.8.8.8', '172.32.0.1', '192.169.1.1', '2001:db8::1', '::ffff:8.8.8.8']) {
    await t.rejects(findListenAddress(host, 'private'), new TypeError(
      `host must be on the loopback or in a private network (--allow-public allows others), and ${host} is not`), host)
    t.same(await findListenAddress(host, 'any'), { address: host, urlHost: host }, host)
  }
  await t.rejects(startLocalOkta({ host: '8.8.8.8' }), TypeError)
  await t.rejects(startLocalOkta({ host: 'http://127.0.0.1' }), new TypeError('host must be an address or a host name, without a port'))
  await t.rejects(findListenAddress('unknown.invalid', 'any'), /unknown\.invalid cannot be resolved/)
})

t.test('an org on every interface is called localhost, and serves no other name', async t => {
  const { orgUrl, issuer } = await start(t, { host: '0.0.0.0', network: 'any' })
  t.match(orgUrl, /^http:\/\/localhost:\d+$/)
  t.match(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json(), { issuer })
  const statusFor = async (host: string): Promise<number | undefined> => new Promise((resolve, reject) => {
    request(`http://127.0.0.1:${new URL(orgUrl).port}/oauth2/default/v1/keys`, { headers: { host } }, (response) => {
      resolve(response.resume().statusCode)
    }).on('error', reject).end()
  })
  t.equal(await statusFor('evil.example'), 403)
  t.equal(await statusFor('0.0.0.0'), 403)
})

t.test('an org at the name of the machine has it in its issuer and serves it', async t => {
  const { orgUrl, issuer } = await start(t, { host: hostname(), network: 'any' })
  t.equal(new URL(orgUrl).hostname, hostname().toLowerCase())
  t.match(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json(), { issuer })
})
