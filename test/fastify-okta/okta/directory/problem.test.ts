import t from 'tap'
import { toDirectoryProblem } from '#fastify-okta/okta/directory/problem.js'
import { RateLimitedError } from '#fastify-okta/okta/directory/rate-limit.js'
import { ServiceAppRefusedError } from '#fastify-okta/okta/directory/request-executor.js'

/** What fails, as the SDK or this package throws it, and what that says about the directory. */
const failures: Record<string, [error: unknown, problem: object]> = {
  'an API token that Okta refuses': [{ status: 401, errorCode: 'E0000011' }, { reason: 'credentials_refused', status: 401, errorCode: 'E0000011' }],
  'an administrator who may not do this': [{ status: 403, errorCode: 'E0000006' }, { reason: 'permission_missing', status: 403, errorCode: 'E0000006' }],
  'a service app that Okta does not know': [new ServiceAppRefusedError(401, 'invalid_client'), { reason: 'credentials_refused', status: 401, errorCode: 'invalid_client' }],
  'a scope that the service app was not granted': [new ServiceAppRefusedError(400, 'invalid_scope'), { reason: 'credentials_refused', status: 400, errorCode: 'invalid_scope' }],
  'the rate limit': [new RateLimitedError(1000), { reason: 'rate_limited' }],
  'the rate limit, as it comes': [{ status: 429, errorCode: 'E0000047' }, { reason: 'rate_limited', status: 429, errorCode: 'E0000047' }],
  'Okta in trouble': [{ status: 500, errorCode: 'E0000009' }, { reason: 'unavailable', status: 500, errorCode: 'E0000009' }],
  'a proxy that wants credentials of its own': [{ status: 401 }, { reason: 'unavailable', status: 401 }],
  'a firewall': [{ status: 403, errorCode: '<html>swordfish</html>' }, { reason: 'unavailable', status: 403 }],
  'no answer': [new Error('Okta did not answer within 2000 ms'), { reason: 'unavailable' }],
  'an error that is not an object': ['swordfish', { reason: 'unavailable' }],
  nothing: [undefined, { reason: 'unavailable' }]
}

t.test('what a call of the directory failed with says why the directory cannot be used', async (t) => {
  for (const [title, [error, problem]] of Object.entries(failures)) t.strictSame(toDirectoryProblem(error), problem, title)
})
