import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { Application, Applications } from '../org/applications.js'
import { isSameText } from '../org/sign-in.js'
import { invalidClient, OAuthError } from './errors.js'
import type { Form } from './form.js'
import type { ReplayedIds } from './replayed-ids.js'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const LONGEST_ASSERTION_SECONDS = 3600
const FAILED = 'Client authentication failed. Either the client or the client credentials are invalid.'

/** What a client presents about itself, and where. */
export interface ClientCredentialsSource {
  authorization: string | undefined
  form: Form
  /** The URL of the endpoint called: the audience an assertion must name. */
  endpoint: string
  /** The issuer, which is accepted as audience too. */
  issuer: string
}

interface Presented {
  method: Application['authMethod']
  clientId: string
  secret: string
}

/**
 * Finds out which client is calling, in the one way it is registered for.
 *
 * @throws {OAuthError} `invalid_client`; 401 `invalid_request` when it presents itself in two ways
 */
export async function authenticateClient (
  source: ClientCredentialsSource, applications: Applications, usedIds: ReplayedIds
): Promise<Application> {
  const { method, clientId, secret } = present(source)
  const application = applications.findById(clientId)
  if (application?.status !== 'ACTIVE') throw invalidClient("Invalid value for 'client_id' parameter.")
  const usesSecret = application.authMethod.startsWith('client_secret') && method.startsWith('client_secret')
  if (method !== application.authMethod && !usesSecret) throw invalidClient(FAILED)
  if (usesSecret && !isSameText(application.clientSecret ?? '', secret)) {
    throw invalidClient('The client secret supplied for a confidential client is invalid.')
  }
  if (method === 'private_key_jwt') await verifyAssertion(secret, application, source, usedIds)
  return application
}

function present ({ authorization, form }: ClientCredentialsSource): Presented {
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  const ways = [authorization, assertion, secret].filter((way) => way !== undefined)
  if (ways.length > 1) {
    throw new OAuthError(401, 'invalid_request', 'Cannot supply multiple client credentials. ' +
      'Include credentials in either the header or in the post body, but not both.')
  }
  if (authorization !== undefined) return presentBasic(authorization)
  if (assertion !== undefined) return presentAssertion(assertion, form)
  const clientId = form.get('client_id')
  if (clientId === undefined) throw invalidClient('No client credentials found.')
  return { method: secret === undefined ? 'none' : 'client_secret_post', clientId, secret: secret ?? '' }
}

function presentBasic (authorization: string): Presented {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? []
  if (encoded === undefined) throw invalidClient(FAILED)
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  try {
    return { method: 'client_secret_basic', clientId: formDecode(id), secret: formDecode(secret) }
  } catch {
    throw invalidClient(FAILED)
  }
}

function presentAssertion (assertion: string, form: Form): Presented {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) throw invalidClient(FAILED)
  try {
    const { sub = '' } = decodeJwt(assertion)
    if (form.has('client_id') && form.get('client_id') !== sub) throw invalidClient(FAILED)
    return { method: 'private_key_jwt', clientId: sub, secret: assertion }
  } catch {
    throw invalidClient(FAILED)
  }
}

async function verifyAssertion (
  assertion: string, { id, jwks }: Application, { endpoint, issuer }: ClientCredentialsSource, usedIds: ReplayedIds
): Promise<void> {
  const { payload } = await jwtVerify(assertion, createLocalJWKSet({ keys: [...jwks()] }), {
    algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
    issuer: id,
    subject: id,
    audience: [endpoint, issuer],
    requiredClaims: ['exp']
  }).catch((cause: unknown): never => { throw invalidClient(faultOf(cause)) })
  const { jti, exp = 0 } = payload
  if (exp > Date.now() / 1000 + LONGEST_ASSERTION_SECONDS) throw invalidClient(FAILED)
  if (jti !== undefined && !usedIds.use(`assertion ${id} ${jti}`, exp)) {
    throw invalidClient('The client_assertion token has already been used.')
  }
}

function faultOf (cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return 'The client_assertion token is expired.'
  if (cause instanceof errors.JWSSignatureVerificationFailed || cause instanceof errors.JWKSNoMatchingKey) {
    return 'The client_assertion signature is invalid.'
  }
  if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === 'aud') {
    return 'The audience claim for client_assertion must be the endpoint invoked for the request.'
  }
  return FAILED
}

// RFC 6749 section 2.3.1: form-urlencoded before it is base64
function formDecode (text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'))
}
