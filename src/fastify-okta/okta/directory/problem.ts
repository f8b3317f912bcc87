import { RateLimitedError } from './rate-limit.js'

/** Why the directory cannot be used now. */
export interface DirectoryProblem {
  /**
   * `credentials_refused`: Okta does not accept the API token or the service app. `permission_missing`: it does, but not for
   * users or groups. `rate_limited`: Okta takes no more calls for a while. `unavailable`: anything else, as no answer in time.
   */
  readonly reason: 'unavailable' | 'rate_limited' | 'credentials_refused' | 'permission_missing'
  /** The status of the answer, if there was one. */
  readonly status?: number
  /** Okta's code for the error, such as `E0000011`, or OAuth's, such as `invalid_client`. */
  readonly errorCode?: string
}

/** The codes of Okta's API and of OAuth. Anything else in their place could be what was sent, come back. */
const ERROR_CODE = /^(?:E\d{7}|[a-z_]{1,40})$/
/** Of the token endpoint, for a service app: its id, its key, or a scope that it was not granted. */
const REFUSED_BY_OAUTH = new Set(['invalid_client', 'unauthorized_client', 'invalid_scope', 'access_denied'])

/** What an error of the Management API, or of the token request before it, says about the directory. */
export function toDirectoryProblem (error: unknown): DirectoryProblem {
  if (error instanceof RateLimitedError) return { reason: 'rate_limited' }
  const { status, errorCode, error: oauthError } = (error ?? {}) as Record<string, unknown>
  const code = [errorCode, oauthError].find((value) => typeof value === 'string' && ERROR_CODE.test(value)) as string | undefined
  return {
    reason: reasonOf(status, code),
    ...(typeof status === 'number' ? { status } : {}),
    ...(code === undefined ? {} : { errorCode: code })
  }
}

/** Only with a code is it Okta that refuses; a proxy in between answers 401 and 403 as well. */
function reasonOf (status: unknown, code: string | undefined): DirectoryProblem['reason'] {
  if (status === 429) return 'rate_limited'
  if (code === undefined) return 'unavailable'
  if (status === 401 || REFUSED_BY_OAUTH.has(code)) return 'credentials_refused'
  return status === 403 ? 'permission_missing' : 'unavailable'
}
