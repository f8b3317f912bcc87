import { protectedResourceRequest, WWWAuthenticateChallengeError } from 'oauth4webapi'
import type { Session } from './session.js'
import { requestOptions, type Settings } from './settings.js'
import { withNonce } from './sign-in.js'

export interface Greeting {
  readonly greeting: string
  readonly name: string
  readonly timeZone: string
  /** RFC 3339, of the zone. */
  readonly localTime: string
}

/** What `/me` tells. */
export interface Account {
  readonly claims: { readonly sub: string }
  readonly user: { readonly profile: Readonly<Record<string, unknown>> } | null
  readonly groups: readonly string[]
}

/** What came of asking to be greeted. */
export type Outcome =
  | { readonly kind: 'greeted', readonly greeting: Greeting }
  | { readonly kind: 'group-required' | 'user-inactive' | 'token-refused' }
  | { readonly kind: 'unavailable', readonly retryAfterSeconds: number }
  | { readonly kind: 'refused', readonly message: string }

const LEAST_WAIT_SECONDS = 5

/** Asks to be greeted. Never rejects: no answer is an outcome, too. */
export async function askForGreeting (settings: Settings, session: Session, query: string): Promise<Outcome> {
  const response = await get(settings, session, `/greet${query}`).catch(() => null)
  if (response === null || response.status >= 500 || response.status === 429) {
    return { kind: 'unavailable', retryAfterSeconds: Math.max(Number(response?.headers.get('retry-after')) || 0, LEAST_WAIT_SECONDS) }
  }
  if (response.ok) return { kind: 'greeted', greeting: await response.json() as Greeting }
  if (response.status === 401) return { kind: 'token-refused' }
  const { code, message = '' } = await response.json().catch(() => ({})) as { code?: string, message?: string }
  if (code === 'FST_OKTA_GROUP_REQUIRED') return { kind: 'group-required' }
  if (code === 'FST_OKTA_USER_INACTIVE') return { kind: 'user-inactive' }
  return { kind: 'refused', message }
}

/** What the service knows of whoever is signed in; `null` if it does not say. */
export async function readAccount (settings: Settings, session: Session): Promise<Account | null> {
  const response = await get(settings, session, '/me').catch(() => null)
  return response?.ok === true ? await response.json() as Account : null
}

async function get ({ publicUrl }: Settings, { tokens, dpop }: Session, path: string): Promise<Response> {
  const url = new URL(path, publicUrl)
  const headers = new Headers({ accept: 'application/json' })
  return await withNonce(async () => await protectedResourceRequest(tokens.access_token, 'GET', url, headers, null, {
    ...requestOptions(publicUrl), ...(dpop === undefined ? {} : { DPoP: dpop })
  })).catch((error: unknown) => {
    if (error instanceof WWWAuthenticateChallengeError) return error.response
    throw error
  })
}
