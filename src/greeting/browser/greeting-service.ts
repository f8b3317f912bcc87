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

/** The response of `/me`. */
export interface Account {
  readonly claims: { readonly sub: string }
  readonly user: { readonly profile: Readonly<Record<string, unknown>> } | null
  readonly groups: readonly string[]
}

/** Why the service does not serve a request now, though it might later. */
type UnavailableView = 'unavailable' | 'service-not-set-up' | 'service-unavailable'

/** What a request to the service led to. */
export type Outcome<Body> =
  | { readonly kind: 'ok', readonly body: Body }
  | { readonly kind: 'group-required' | 'user-inactive' | 'token-refused' }
  | { readonly kind: UnavailableView, readonly retryAfterSeconds: number }
  | { readonly kind: 'refused', readonly message: string }

const MIN_WAIT_SECONDS = 5

/** The service's message if Okta refuses its credentials, as in its `refusals.ts`. */
const NOT_SET_UP = 'this service is not set up correctly'

/** A 503 with another code is not about Okta. */
const OKTA_CODES = new Set(['FST_OKTA_DIRECTORY_UNAVAILABLE', 'FST_OKTA_ISSUER_UNAVAILABLE'])

/** Requests the greeting. Never rejects. */
export async function fetchGreeting (settings: Settings, session: Session, query: string): Promise<Outcome<Greeting>> {
  return await request<Greeting>(settings, session, `/greet${query}`)
}

/** Requests what the service knows of the user. Never rejects. */
export async function fetchAccount (settings: Settings, session: Session): Promise<Outcome<Account>> {
  return await request<Account>(settings, session, '/me')
}

async function request<Body> (settings: Settings, session: Session, path: string): Promise<Outcome<Body>> {
  try {
    return await readOutcome<Body>(await get(settings, session, path))
  } catch {
    return { kind: 'service-unavailable', retryAfterSeconds: MIN_WAIT_SECONDS }
  }
}

async function readOutcome<Body> (response: Response): Promise<Outcome<Body>> {
  if (response.ok) return { kind: 'ok', body: await response.json() as Body }
  if (response.status === 401) return { kind: 'token-refused' }
  const { code = '', message = '' } = await response.json().catch(() => ({})) as { code?: string, message?: string }
  if (response.status >= 500 || response.status === 429) {
    const retryAfterSeconds = Math.max(Number(response.headers.get('retry-after')) || 0, MIN_WAIT_SECONDS)
    if (message === NOT_SET_UP) return { kind: 'service-not-set-up', retryAfterSeconds }
    return { kind: OKTA_CODES.has(code) ? 'unavailable' : 'service-unavailable', retryAfterSeconds }
  }
  if (code === 'FST_OKTA_GROUP_REQUIRED') return { kind: 'group-required' }
  if (code === 'FST_OKTA_USER_INACTIVE') return { kind: 'user-inactive' }
  return { kind: 'refused', message }
}

async function get ({ publicUrl }: Settings, { tokens, dpop }: Session, path: string): Promise<Response> {
  const url = new URL(path, publicUrl)
  const headers = new Headers({ accept: 'application/json' })
  try {
    return await withNonce(async () => await protectedResourceRequest(tokens.access_token, 'GET', url, headers, null, {
      ...requestOptions(publicUrl), ...(dpop === undefined ? {} : { DPoP: dpop })
    }))
  } catch (error) {
    if (error instanceof WWWAuthenticateChallengeError) return error.response
    throw error
  }
}
