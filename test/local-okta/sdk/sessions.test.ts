import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { DEVELOPMENT_PASSWORD } from 'local-okta'
import { callsTo } from '../management-api.js'
import { isGone, refused, shareSdk } from './sdk.js'

const USER = '00ugracehopper000001'

/** A session token of Grace's. */
async function signIn (): Promise<string> {
  const { org } = await shareSdk()
  return (await callsTo(org)('POST', 'authn', { username: 'grace@example.com', password: DEVELOPMENT_PASSWORD })).body.sessionToken
}

t.test('a session is made of a session token, read, refreshed and ended', async t => {
  const { sdk: { sessionApi } } = await shareSdk()
  const sessionToken = await signIn()
  const session = await sessionApi.createSession({ createSessionRequest: { sessionToken } })
  const sessionId = session.id
  t.ok(session instanceof okta.Session)
  t.match(session, { userId: USER, login: 'grace@example.com', status: 'ACTIVE', amr: ['pwd'], createdAt: Date, expiresAt: Date, idp: { type: 'OKTA' } })
  await refused(t, sessionApi.createSession({ createSessionRequest: { sessionToken } }), 401, 'E0000004', 'a session token is good once')
  t.match(await sessionApi.getSession({ sessionId }), { id: sessionId })
  t.ok((await sessionApi.refreshSession({ sessionId })).expiresAt >= session.expiresAt)
  await sessionApi.revokeSession({ sessionId })
  for (const operation of ['getSession', 'refreshSession', 'revokeSession'] as const) await isGone(t, sessionApi[operation]({ sessionId }))
})

t.test('the sessions of a user end together, and a request without a session cookie has no current session', async t => {
  const { sdk: { sessionApi, userApi } } = await shareSdk()
  const { id: sessionId } = await sessionApi.createSession({ createSessionRequest: { sessionToken: await signIn() } })
  await userApi.revokeUserSessions({ userId: USER, oauthTokens: true })
  await isGone(t, sessionApi.getSession({ sessionId }))
  for (const operation of ['getCurrentSession', 'refreshCurrentSession', 'closeCurrentSession'] as const) await isGone(t, sessionApi[operation]({ cookie: 'sid=nothing' }))
  await refused(t, sessionApi.createSession({ createSessionRequest: {} }), 400, 'E0000001')
})
