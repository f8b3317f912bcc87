import t from 'tap'
import * as errors from '#fastify-okta/errors.js'

t.test('every error has its name, its code and its status, as frameworks on top of Fastify look for them', async t => {
  const promised: Array<[errors.FastifyOktaError, string, string, number]> = [
    [new errors.MissingCredentialsError(), 'MissingCredentialsError', 'MISSING_CREDENTIALS', 401],
    [new errors.InvalidRequestError('a'), 'InvalidRequestError', 'INVALID_REQUEST', 400],
    [new errors.InvalidTokenError('expired'), 'InvalidTokenError', 'INVALID_TOKEN', 401],
    [new errors.InvalidDpopProofError('htu'), 'InvalidDpopProofError', 'INVALID_DPOP_PROOF', 401],
    [new errors.UseDpopNonceError(), 'UseDpopNonceError', 'USE_DPOP_NONCE', 401],
    [new errors.InsufficientUserAuthenticationError('phr', 5), 'InsufficientUserAuthenticationError', 'INSUFFICIENT_USER_AUTHENTICATION', 401],
    [new errors.InsufficientScopeError('a'), 'InsufficientScopeError', 'INSUFFICIENT_SCOPE', 403],
    [new errors.GroupRequiredError(), 'GroupRequiredError', 'GROUP_REQUIRED', 403],
    [new errors.UserInactiveError(), 'UserInactiveError', 'USER_INACTIVE', 403],
    [new errors.NotRegisteredError(), 'NotRegisteredError', 'NOT_REGISTERED', 500],
    [new errors.InvalidProfileError('a'), 'InvalidProfileError', 'INVALID_PROFILE', 400],
    [new errors.InvalidEventError('a'), 'InvalidEventError', 'INVALID_EVENT', 400],
    [new errors.IssuerUnavailableError(5), 'IssuerUnavailableError', 'ISSUER_UNAVAILABLE', 503],
    [new errors.DirectoryUnavailableError(5), 'DirectoryUnavailableError', 'DIRECTORY_UNAVAILABLE', 503],
    [new errors.DpopReplayStoreUnavailableError(5), 'DpopReplayStoreUnavailableError', 'DPOP_REPLAY_STORE_UNAVAILABLE', 503]
  ]
  for (const [error, name, code, statusCode] of promised) {
    t.match(error, { name, code: `FST_OKTA_${code}`, statusCode, status: statusCode, expose: statusCode !== 500 })
    t.ok(error instanceof errors.FastifyOktaError)
    t.match(error.message, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'its message can stand in a challenge')
  }
})

t.test('an outage says when to come back, also where a handler throws it', async t => {
  for (const Unavailable of [errors.IssuerUnavailableError, errors.DirectoryUnavailableError, errors.DpopReplayStoreUnavailableError]) {
    const cause = new Error('why')
    const error = new Unavailable(7, { cause })
    t.match(error, { retryAfterSeconds: 7, headers: { 'retry-after': '7', 'cache-control': 'no-store' } })
    t.equal(error.cause, cause)
  }
})

t.test('what went wrong with a token is for the log', async t => {
  const cause = new Error('why')
  const error = new errors.InvalidTokenError('signature', { cause })
  t.match(error, { reason: 'signature', message: 'the access token is invalid' })
  t.equal(error.cause, cause)
})
