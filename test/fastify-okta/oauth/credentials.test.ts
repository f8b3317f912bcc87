import t from 'tap'
import { InvalidRequestError, MissingCredentialsError } from '#fastify-okta/errors.js'
import { checkToken68, readCredentials, readScheme, refuseRepeatedCredentials } from '#fastify-okta/oauth/credentials.js'

t.test('the token is what follows the scheme, which may be in any case', async t => {
  for (const [authorization, scheme, accessToken] of [
    ['Bearer a.b-c_d~e+f/g==', 'Bearer', 'a.b-c_d~e+f/g=='], ['bEARER   a', 'Bearer', 'a'], ['DPoP a.b.c', 'DPoP', 'a.b.c'], ['dpop a', 'DPoP', 'a']
  ] as const) {
    t.same(readCredentials(authorization, true), { scheme, accessToken }, authorization)
    t.equal(readScheme(authorization), scheme)
    t.doesNotThrow(() => { checkToken68({ scheme, accessToken }) })
  }
})

t.test('no credentials, and those of another scheme, are missing', async t => {
  for (const authorization of [undefined, '', 'Basic YTpi', 'Bearertoken a', 'BearerX', ' Bearer a', 'a.b.c', 'DPoPa b']) {
    t.throws(() => readCredentials(authorization, true), new MissingCredentialsError(), String(authorization))
    t.equal(readScheme(authorization), undefined)
  }
  t.throws(() => readCredentials('DPoP a', false), new MissingCredentialsError(), 'DPoP where it is not accepted')
  t.same(readCredentials('Bearer a', false), { scheme: 'Bearer', accessToken: 'a' })
})

t.test('what follows the scheme is one token or malformed', async t => {
  for (const rest of ['', ' ', '  ', '\ta', ' a b', ' a,b', ' a, Bearer b', ' "a"', ' token=a', ' a ', ' =', ' a=b', ' é', ' a\0', ' a\n']) {
    t.throws(() => { checkToken68(readCredentials(`Bearer${rest}`, true)) }, new InvalidRequestError('the Bearer credentials are malformed'), JSON.stringify(rest))
    t.throws(() => { checkToken68(readCredentials(`DPoP${rest}`, true)) }, new InvalidRequestError('the DPoP credentials are malformed'), JSON.stringify(rest))
  }
})

t.test('credentials come once, in one way', async t => {
  const once = ['Host', 'authorization', 'Authorization', 'a', 'X-Authorization', 'Authorization', 'Proxy-Authorization', 'b', 'If-None-Match', 'c']
  t.doesNotThrow(() => { refuseRepeatedCredentials(once, {}, { a: 'b' }) })
  t.doesNotThrow(() => { refuseRepeatedCredentials(['Host', 'a'], {}, { access_token: 'a' }) }, 'a query parameter alone is none')
  for (const query of [undefined, null, 'access_token', {}]) t.doesNotThrow(() => { refuseRepeatedCredentials(once, {}, query) })
  t.throws(() => { refuseRepeatedCredentials([...once, 'AUTHORIZATION', 'a'], {}, {}) }, new InvalidRequestError('the Authorization header is sent more than once'))
  t.throws(() => { refuseRepeatedCredentials(once, {}, { access_token: '' }) }, new InvalidRequestError('credentials are sent in more than one way'))
})
