import { isReceiverUrl } from '../../kernel/receiver.js'

/** Beyond this Okta refuses the URL. */
const MAX_URL_LENGTH = 1024

/** How a request names the user, in the words of Okta's console. */
export const SUBJECT_FORMATS = { email: 'Email', iss_sub: 'Issuer and Subject Identifier' } as const

/** Where Okta tells an app to sign a user out, and how it names the user. */
export interface UniversalLogoutEndpoint {
  readonly url: string
  readonly format: keyof typeof SUBJECT_FORMATS
}

/** What is wrong with the endpoint of an app, or undefined. */
export function findEndpointIssue ({ url, format }: { readonly url: string, readonly format: string }): { field: string, cause: string } | undefined {
  if (!isReceiverUrl(url)) return { field: 'url', cause: 'must be https, or http on the loopback' }
  if (url.length > MAX_URL_LENGTH) return { field: 'url', cause: `must have at most ${MAX_URL_LENGTH} characters` }
  if (!Object.hasOwn(SUBJECT_FORMATS, format)) return { field: 'format', cause: 'must be email or iss_sub' }
  return undefined
}
