import { createSecretKey } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTVerifyOptions, JWTVerifyResult } from 'jose'
import type { Application } from '../resources/apps/application.js'
import type { Applications } from '../resources/apps/store.js'
import { isSameText } from '../kernel/same-text.js'
import { SECRET_ALGORITHMS, SIGNING_ALGORITHMS } from './capabilities.js'
import { invalidClient, OAuthError } from './errors.js'
import type { Form } from './form.js'
import type { UsedIds } from './used-ids.js'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const MAX_ASSERTION_SECONDS = 3600
const FAILED = 'Client authentication failed. Either the client or the client credentials are invalid.'
const WRONG_SECRET = 'The client secret supplied for a confidential client is invalid.'
const UNKNOWN_CLIENT = "Invalid value for 'client_id' parameter."

/** What a client sends about itself, and where. */
interface ClientCredentialsSource {
  authorization: string | undefined
  form: Form
  /** The URLs of the endpoint: an assertion must name one of them as its audience. */
  endpoints: readonly string[]
  /** The issuer, which is accepted as audience too. */
  issuer: string
}

/** Credentials as they were sent; `none` is the client id alone, in whatever place. */
type Presented = { clientId: string } & (
  { method: 'none' } | { method: 'client_secret', secret: string } | { method: 'assertion', assertion: string }
)

/**
 * Authenticates the client that calls, by the method it is registered for. A public client may name itself
 * in the body or by Basic with an empty secret or without a colon, as Okta's own SDK does.
 *
 * @throws {OAuthError} `invalid_client`; 401 `invalid_request` when there are two kinds of credentials
 */
export async function authenticateClient (
  source: ClientCredentialsSource, applications: Applications, usedIds: UsedIds
): Promise<Application> {
  const presented = present(source)
  const application = applications.findById(presented.clientId)
  if (application?.status !== 'ACTIVE' || application.signOnMode !== 'OPENID_CONNECT') throw invalidClient(UNKNOWN_CLIENT)
  const { authMethod } = application
  if (presented.method === 'assertion' && authMethod.endsWith('_jwt')) {
    await verifyAssertion(presented.assertion, application, source, usedIds)
  } else if (presented.method === 'client_secret' && (authMethod === 'client_secret_basic' || authMethod === 'client_secret_post')) {
    if (!hasSecret(application, presented.secret)) throw invalidClient(WRONG_SECRET)
  } else if (presented.method !== authMethod) {
    throw invalidClient(FAILED)
  }
  return application
}

// either of two, so that one can be exchanged for the other without an interruption
function hasSecret ({ secrets }: Application, presented: string): boolean {
  return secrets.some(({ secret, status }) => status === 'ACTIVE' && isSameText(secret, presented))
}

function present ({ authorization, form }: ClientCredentialsSource): Presented {
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  const given = [authorization, assertion, secret].filter((credentials) => credentials !== undefined)
  if (given.length > 1) {
    throw new OAuthError(401, 'invalid_request', 'Cannot supply multiple client credentials. ' +
      'Include credentials in either the header or in the post body, but not both.')
  }
  const presented = authorization === undefined ? presentInBody(form, assertion, secret) : presentBasic(authorization)
  if (form.has('client_id') && form.get('client_id') !== presented.clientId) throw invalidClient(UNKNOWN_CLIENT)
  return presented
}

function presentInBody (form: Form, assertion: string | undefined, secret: string | undefined): Presented {
  if (assertion !== undefined) return presentAssertion(assertion, form)
  const clientId = form.get('client_id')
  if (clientId === undefined) throw invalidClient('No client credentials found.')
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret', clientId, secret }
}

function presentBasic (authorization: string): Presented {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? []
  if (encoded === undefined) throw invalidClient(FAILED)
  const [, id = '', secret = ''] = /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  try {
    const clientId = formDecode(id)
    return secret === '' ? { method: 'none', clientId } : { method: 'client_secret', clientId, secret: formDecode(secret) }
  } catch {
    throw invalidClient(FAILED)
  }
}

function presentAssertion (assertion: string, form: Form): Presented {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) throw invalidClient(FAILED)
  try {
    const { sub = '' } = decodeJwt(assertion)
    return { method: 'assertion', clientId: sub, assertion }
  } catch {
    throw invalidClient(FAILED)
  }
}

async function verifyAssertion (
  assertion: string, application: Application, { endpoints, issuer }: ClientCredentialsSource, usedIds: UsedIds
): Promise<void> {
  const { id } = application
  const { payload } = await verifySignature(assertion, application, {
    issuer: id, subject: id, audience: [...endpoints, issuer], requiredClaims: ['exp']
  }).catch((cause: unknown): never => { throw invalidClient(describe(cause)) })
  // clients sign by their own clocks, which are the machine's, wherever the org's is moved
  const { jti, exp = 0 } = payload
  if (exp > Date.now() / 1000 + MAX_ASSERTION_SECONDS) throw invalidClient(FAILED)
  if (jti !== undefined && !usedIds.consume(`assertion ${id} ${jti}`, exp)) {
    throw invalidClient('The client_assertion token has already been used.')
  }
}

// by a key of the client, or by one of its secrets
async function verifySignature (assertion: string, { authMethod, jwks, secrets }: Application, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  if (authMethod === 'private_key_jwt') {
    // a key that names one algorithm of its type still verifies the others that are supported
    const keys = jwks().map(({ alg, ...key }) => key)
    return jwtVerify(assertion, createLocalJWKSet({ keys }), { ...options, algorithms: SIGNING_ALGORITHMS })
  }
  const keys = secrets.filter(({ status }) => status === 'ACTIVE').map(({ secret }) => createSecretKey(secret, 'utf8'))
  const attempts = await Promise.allSettled(keys.map(async (key) => jwtVerify(assertion, key, { ...options, algorithms: SECRET_ALGORITHMS })))
  const verified = attempts.find((attempt) => attempt.status === 'fulfilled')
  if (verified) return verified.value
  // a signature that holds, and claims that do not, is the more telling failure
  const failures = attempts.map((attempt): unknown => attempt.status === 'rejected' ? attempt.reason : undefined)
  throw failures.find((failure) => !(failure instanceof errors.JWSSignatureVerificationFailed)) ?? new errors.JWSSignatureVerificationFailed()
}

function describe (cause: unknown): string {
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
function formDecode (encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', '%20'))
}
