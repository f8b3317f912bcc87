import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Kernel } from '../kernel/kernel.js'
import { SESSION_SECONDS } from '../resources/sessions/store.js'
import type { SessionTokenUse } from './session-tokens.js'
import { userActor } from '../resources/users/events.js'
import { Users } from '../resources/users/store.js'

/** A session of a browser with the org, which all authorization servers share. */
type BrowserSession = InstanceType<Provider['Session']>

/** The session of the browser that calls. Undefined if it has none, or nobody is signed in. */
export async function findSession (
  provider: Provider, request: FastifyRequest, reply: FastifyReply
): Promise<BrowserSession | undefined> {
  const ctx = provider.createContext(request.raw, reply.raw)
  const session = await provider.Session.get(ctx as never)
  return session.accountId === undefined ? undefined : session
}

/** Begins a session of a user, without a page, and records it in the System Log. With a browser's request and reply it gets the cookie. */
export async function startSession (
  { kernel, provider }: { kernel: Kernel, provider: Provider }, { userId, amr }: SessionTokenUse, browser?: { request: FastifyRequest, reply: FastifyReply }
): Promise<BrowserSession> {
  const session = new provider.Session()
  session.loginAccount({ accountId: userId, amr })
  await session.save(SESSION_SECONDS)
  const user = kernel.store(Users).findById(userId)
  if (user) kernel.store(Users).recordSignIn(user)
  if (browser) {
    const { cookies } = provider.createContext(browser.request.raw, browser.reply.raw)
    cookies.set(provider.cookieName('session'), session.jti, { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true })
  }
  return session
}

/** Ends the session of a user who signs out, clears its cookie, and records it in the System Log. */
export async function destroySession (
  kernel: Kernel, { provider, session }: { provider: Provider, session: BrowserSession }, reply: FastifyReply
): Promise<void> {
  await session.destroy()
  reply.header('set-cookie', `${provider.cookieName('session')}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`)
  const user = kernel.store(Users).findById(session.accountId ?? '')
  if (!user) return
  kernel.log.within({ actor: userActor(user) }, () => { kernel.store(Users).recordSignOut(user) })
}
