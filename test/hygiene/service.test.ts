import t from 'tap'
import { assemble, drive } from './play.js'
import { delivery, oktaEvent } from '../kit/event-hook.js'
import { buildService, EVENT_HOOK_SECRET } from './stage.js'

t.test('the greeting service lets no piece of a secret out, and logs no URLs either', async t => {
  const cast = await assemble(t)
  const stage = await buildService(t, cast.secrets, cast.okta)
  await drive(t, cast, stage, headers => {
    const text = Object.values(headers)[0] ?? ''
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    return [
      { url: '/me', query: { access_token: text } }, { url: '/me', headers, query: { access_token: text } }, { url: '/greet', headers, query: { timeZone: text } },
      { url: `/${encodeURIComponent(text)}`, headers }, { url: `/%${encodeURIComponent(text)}`, headers },
      { method: 'PATCH', url: '/me', headers, payload: { email: text } }, { method: 'PATCH', url: '/me', headers, payload: text },
      { method: 'POST', url: '/me', headers: form, payload: `access_token=${text}` },
      { url: '/okta/events', headers: { ...headers, 'x-okta-verification-challenge': text } }, { method: 'POST', url: '/okta/events', headers, payload: delivery([]) },
      { url: '/okta/events', headers: { authorization: EVENT_HOOK_SECRET, 'x-okta-verification-challenge': `a\t${text}` } },
      { method: 'POST', url: '/okta/events', headers: { authorization: EVENT_HOOK_SECRET }, payload: delivery([oktaEvent('user.account.lock', ['User', text])], { eventId: text }) },
      { method: 'POST', url: '/okta/events', headers: { authorization: EVENT_HOOK_SECRET }, payload: { eventType: text } },
      { method: 'POST', url: '/okta/events', headers: { authorization: `${EVENT_HOOK_SECRET}x`, 'content-type': 'application/json' }, payload: text }
    ]
  })
  t.equal(await stage.leakOf({ url: '/metrics' }), undefined, 'nor do the metrics of all that')
  t.ok(stage.log.length > 500, `${stage.log.length} lines were looked through`)
})
