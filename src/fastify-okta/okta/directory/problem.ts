import { RateLimitedError } from './rate-limit.js'

/** Whether the directory can be used, and if not, why. */
export type DirectoryAccess =
  | { readonly isReady: true }
  | {
    readonly isReady: false
    /** `refused`: Okta does not accept the credentials, or they may not do this. `rate_limited`: no more calls for a while. `unavailable`: anything else. */
    readonly reason: 'unavailable' | 'rate_limited' | 'refused'
    /** Of Okta's response; `undefined` if there is none. */
    readonly status: number | undefined
    /** Okta's own, as `E0000011`, or OAuth's, as `invalid_client`; `undefined` if there is none. */
    readonly errorCode: string | undefined
  }

/** The codes of Okta's API and of OAuth. Anything else in their place could be what was sent, come back. */
const ERROR_CODE = /^(?:E\d{7}|[a-z_]{1,40})$/
/** Of the token endpoint, for a service app: its id, its key, or a scope that it was not granted. */
const REFUSED_BY_OAUTH = new Set(['invalid_client', 'unauthorized_client', 'invalid_scope', 'access_denied'])

/** What an error of the Management API, or of the token request before it, says about the directory. */
export function toDirectoryAccess (error: unknown): DirectoryAccess {
  if (error instanceof RateLimitedError) return { isReady: false, reason: 'rate_limited', status: 429, errorCode: undefined }
  const { status, errorCode, error: oauthError } = (error ?? {}) as Record<string, unknown>
  const code = [errorCode, oauthError].find((value) => typeof value === 'string' && ERROR_CODE.test(value)) as string | undefined
  return { isReady: false, reason: reasonOf(status, code), status: typeof status === 'number' ? status : undefined, errorCode: code }
}

/** Only with a code is it Okta that refuses; a proxy in between answers 401 and 403 as well. */
function reasonOf (status: unknown, code: string | undefined): 'unavailable' | 'rate_limited' | 'refused' {
  if (status === 429) return 'rate_limited'
  if (code === undefined) return 'unavailable'
  return status === 401 || status === 403 || REFUSED_BY_OAUTH.has(code) ? 'refused' : 'unavailable'
}
