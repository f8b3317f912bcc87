import t from 'tap'
import type { Test } from 'tap'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { addSignOnRule, enrollQuestion } from '../sign-on.js'
import { start } from '../start.js'

interface Office {
  readonly call: Call
  readonly zoneId: string
  /** The status of a sign-in at `/authn` with this `X-Forwarded-For`, or the code of its error. */
  readonly signIn: (forwardedFor?: string) => Promise<string>
}

/** An org behind a proxy at 127.0.0.1, with a zone for the office. */
async function startWithOffice (t: Test): Promise<Office> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  await enrollQuestion(call, 'ada@example.com')
  const { body: { id: zoneId } } = await call('POST', 'zones', {
    type: 'IP',
    name: 'Office',
    gateways: [{ type: 'CIDR', value: '203.0.113.0/24' }, { type: 'RANGE', value: '198.51.100.7-198.51.100.9' }, { type: 'CIDR', value: '2001:db8::/32' }],
    proxies: [{ type: 'CIDR', value: '127.0.0.1/32' }, { type: 'CIDR', value: '192.0.2.1/32' }]
  })
  return {
    call,
    zoneId,
    signIn: async (forwardedFor) => {
      const response = await fetch(`${localOkta.orgUrl}/api/v1/authn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }) },
        body: JSON.stringify({ username: 'ada@example.com', password: 'local-okta-1' })
      })
      const body = await response.json() as { status?: string, errorCode?: string }
      return body.status ?? body.errorCode ?? ''
    }
  }
}

t.test('a rule for a zone holds for clients inside of it, by the address that the trusted proxies forward', async (t) => {
  const { call, zoneId, signIn } = await startWithOffice(t)
  await addSignOnRule(call, { priority: 1, conditions: { network: { connection: 'ZONE', include: [zoneId] } }, actions: { signon: { access: 'ALLOW', requireFactor: false } } })
  await addSignOnRule(call, { priority: 2, actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const addresses: Record<string, [string | undefined, string]> = {
    'in the network': ['203.0.113.80', 'SUCCESS'],
    'in the range': ['198.51.100.8', 'SUCCESS'],
    'beside the range': ['198.51.100.10', 'MFA_REQUIRED'],
    'in the network of version 6': ['2001:db8::7', 'SUCCESS'],
    elsewhere: ['192.0.2.80', 'MFA_REQUIRED'],
    'no header: the proxy itself': [undefined, 'MFA_REQUIRED'],
    'through a second trusted proxy': ['203.0.113.80, 192.0.2.1', 'SUCCESS'],
    'what an untrusted one says before it is not believed': ['203.0.113.80, 192.0.2.80', 'MFA_REQUIRED'],
    'what is not an address is passed over': ['nonsense', 'MFA_REQUIRED']
  }
  for (const [title, [forwardedFor, status]] of Object.entries(addresses)) t.equal(await signIn(forwardedFor), status, title)
})

t.test('a rule may be for everywhere but a zone, and a zone that is not active contains no address', async (t) => {
  const { call, zoneId, signIn } = await startWithOffice(t)
  await addSignOnRule(call, { conditions: { network: { connection: 'ZONE', exclude: [zoneId] } }, actions: { signon: { access: 'DENY' } } })
  t.equal(await signIn('203.0.113.80'), 'SUCCESS')
  t.equal(await signIn('192.0.2.80'), 'E0000004')
  await call('POST', `zones/${zoneId}/lifecycle/deactivate`)
  t.equal(await signIn('203.0.113.80'), 'E0000004')
})

t.test('nobody signs in from a blocked zone', async (t) => {
  const { call, signIn } = await startWithOffice(t)
  await call('POST', 'zones', { type: 'IP', name: 'Blocked', usage: 'BLOCKLIST', gateways: [{ type: 'CIDR', value: '192.0.2.80/32' }] })
  t.equal(await signIn('192.0.2.80'), 'E0000004')
  t.equal(await signIn('192.0.2.81'), 'SUCCESS')
})

t.test('without a zone that names proxies, X-Forwarded-For is not believed', async (t) => {
  const { call, zoneId, signIn } = await startWithOffice(t)
  await addSignOnRule(call, { conditions: { network: { connection: 'ZONE', include: [zoneId] } }, actions: { signon: { access: 'DENY' } } })
  t.equal(await signIn('203.0.113.80'), 'E0000004')
  const { body: zone } = await call('GET', `zones/${zoneId}`)
  await call('PUT', `zones/${zoneId}`, { ...zone, proxies: [] })
  t.equal(await signIn('203.0.113.80'), 'SUCCESS')
})
