import { networkErrorCode, sendRequest } from '../../../oauth/network.js'
import { stringAt, stringsAt, valueAt } from '../../json.js'
import { CannotCheck, fail, ok, skipped, warn, type Check, type DoctorContext } from '../check.js'

const TIMEOUT_MS = 10_000
const ORIGINS = 'Admin Console: Security > API > Trusted Origins'

export const cors: Check = {
  id: 'cors',
  why: 'The page calls Okta from the browser: an origin that Okta does not trust gets no response there.',
  needs: ['issuer.discovery', 'client.type', 'publicurl'],
  async run (context) {
    const { settings: { publicUrl, clientId = '' }, org } = context
    if (publicUrl === undefined) return skipped('PUBLIC_URL is not set, so there is no page')
    const { tokenEndpoint } = await context.issuer.readMetadata()
    const isTrusted = await isTrustedOrigin(publicUrl, context)
    const advice = `${ORIGINS} > Add Origin: ${publicUrl}, with CORS`
    if (await isAllowed(tokenEndpoint, publicUrl)) {
      return isTrusted === false
        ? warn(`${publicUrl} is allowed at the token endpoint, as the origin of a redirect URI, and is not a trusted origin: other calls to Okta fail`, advice)
        : ok(`${publicUrl} is allowed`)
    }
    const redirectUris = stringsAt(await org.findApp(clientId), 'settings', 'oauthClient', 'redirect_uris')
    if (redirectUris.every((uri) => !uri.startsWith(`${publicUrl}/`))) return skipped(`Okta allows the origins of redirect URIs, and none is at ${publicUrl}: see client.redirect`)
    return fail(`the token endpoint does not allow ${publicUrl}`, advice)
  }
}

/** `undefined` if these credentials may not read it. */
async function isTrustedOrigin (origin: string, { org }: DoctorContext): Promise<boolean | undefined> {
  try {
    const origins = await org.list('/trustedOrigins?limit=200', 'okta.trustedOrigins.read') ?? []
    return origins.some((trusted) => stringAt(trusted, 'origin') === origin && stringAt(trusted, 'status') === 'ACTIVE' && hasCors(trusted))
  } catch (error) {
    if (error instanceof CannotCheck) return undefined
    throw error
  }
}

function hasCors (trusted: unknown): boolean {
  const scopes = valueAt(trusted, 'scopes')
  return Array.isArray(scopes) && scopes.some((scope) => stringAt(scope, 'type') === 'CORS')
}

/** Sends the preflight request of a browser (Fetch standard, CORS-preflight). */
async function isAllowed (url: string, origin: string): Promise<boolean> {
  const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,dpop' }
  try {
    const response = await sendRequest(url, { method: 'OPTIONS', headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.body?.cancel()
    const allowed = response.headers.get('access-control-allow-origin')
    return allowed === origin || allowed === '*'
  } catch (error) {
    throw new CannotCheck(`the token endpoint did not answer (${networkErrorCode(error) ?? 'no answer in time'})`)
  }
}
