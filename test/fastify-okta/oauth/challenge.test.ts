import t from 'tap'
import {
  GroupRequiredError, InsufficientScopeError, InsufficientUserAuthenticationError, InvalidDpopProofError, InvalidRequestError, InvalidTokenError,
  IssuerUnavailableError, MissingCredentialsError, UseDpopNonceError, UserInactiveError
} from '#fastify-okta/errors.js'
import { createChallenge } from '#fastify-okta/oauth/challenge.js'
import { DPOP_ALGORITHMS } from '#fastify-okta/oauth/dpop-proof.js'

const bearerOnly = createChallenge({ realm: 'okta', dpop: 'off', resourceMetadata: undefined })
const ALGS = `algs="${DPOP_ALGORITHMS.join(' ')}"`

t.test('each error has its challenge, and those that call for none have none', async t => {
  const challenges: Array<[unknown, string | undefined]> = [
    [new MissingCredentialsError(), ''],
    [new InvalidRequestError('a'), ', error="invalid_request", error_description="a"'],
    [new InvalidTokenError('expired'), ', error="invalid_token", error_description="the access token is invalid"'],
    [new InvalidDpopProofError('htm'), ', error="invalid_dpop_proof", error_description="the DPoP proof is invalid"'],
    [new UseDpopNonceError(), ', error="use_dpop_nonce", error_description="the DPoP proof must carry the nonce that this answer brings"'],
    [new InsufficientScopeError('a b'), ', error="insufficient_scope", error_description="the access token does not have the required scope", scope="a b"'],
    [new InsufficientUserAuthenticationError('phr', 5), ', error="insufficient_user_authentication", error_description="a stronger or more recent sign-in is required", acr_values="phr", max_age="5"'],
    [new InsufficientUserAuthenticationError(undefined, 0), ', error="insufficient_user_authentication", error_description="a stronger or more recent sign-in is required", max_age="0"'],
    [new InsufficientUserAuthenticationError('phr', undefined), ', error="insufficient_user_authentication", error_description="a stronger or more recent sign-in is required", acr_values="phr"'],
    ...[new GroupRequiredError(), new UserInactiveError(), new IssuerUnavailableError(1), new Error('a'), undefined].map((error): [unknown, undefined] => [error, undefined])
  ]
  for (const [error, rest] of challenges) {
    t.same(bearerOnly(error, 'Bearer'), rest === undefined ? [] : [`Bearer realm="okta"${rest}`], String(error))
  }
})

t.test('with DPoP each accepted scheme is challenged, and the error is said in that of the request', async t => {
  const resourceMetadata = 'https://a.example/.well-known/oauth-protected-resource'
  const allowed = createChallenge({ realm: 'r', dpop: 'allowed', resourceMetadata })
  const common = `realm="r", resource_metadata="${resourceMetadata}"`
  const error = ', error="invalid_token", error_description="the access token is invalid"'
  const [bearer, dpop] = [`Bearer ${common}`, `DPoP ${common}, ${ALGS}`]

  t.same(allowed(new MissingCredentialsError(), undefined), [bearer, dpop])
  t.same(allowed(new InvalidTokenError('type'), 'Bearer'), [`Bearer ${common}${error}`, dpop])
  t.same(allowed(new InvalidTokenError('type'), 'DPoP'), [`DPoP ${common}${error}, ${ALGS}`, bearer])
  t.same(allowed(new InvalidTokenError('type'), undefined), [`Bearer ${common}${error}`, dpop])
  t.equal(allowed(new InsufficientScopeError('a'), 'DPoP').length, 1, 'another scheme would not help')
})

t.test('where DPoP is required it alone is challenged', async t => {
  const required = createChallenge({ realm: 'r', dpop: 'required', resourceMetadata: undefined })

  t.same(required(new MissingCredentialsError(), undefined), [`DPoP realm="r", ${ALGS}`])
  t.match(required(new InvalidTokenError('confirmation'), 'Bearer'), [/^DPoP realm="r", error="invalid_token"/])
})
