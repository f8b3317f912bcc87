import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'

/** A session of a browser with the org, which all authorization servers share. */
export type BrowserSession = InstanceType<Provider['Session']>

/** The session of the browser that calls. Undefined if it has none, or nobody is signed in. */
export async function findSession (
  provider: Provider, request: FastifyRequest, reply: FastifyReply
): Promise<BrowserSession | undefined> {
  const ctx = provider.createContext(request.raw, reply.raw)
  const session = await provider.Session.get(ctx as never)
  return session.accountId === undefined ? undefined : session
}

/** Ends a session, and takes away its cookie. */
export async function destroySession (provider: Provider, session: BrowserSession, reply: FastifyReply): Promise<void> {
  await session.destroy()
  reply.header('set-cookie', `${provider.cookieName('session')}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`)
}
