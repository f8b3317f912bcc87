import t from 'tap'
import { readKeyId } from '#fastify-okta/oauth/token-header.js'
import { refuses } from '../../kit/refusal.js'

const HEADER = { alg: 'RS256', kid: 'usual' }

t.test('the header names the key', async t => {
  for (const kid of ['usual', 'a', 'Y3vBOdYT-l-I0j_gRQ26', '../../dev/null', '__proto__', '!~', 'a'.repeat(128)]) {
    t.equal(readKeyId({ ...HEADER, kid }), kid, kid)
  }
})

t.test('RS256 is the only algorithm', async t => {
  const others = [
    'none', 'None', 'NONE', 'nOnE', 'HS256', 'HS384', 'HS512', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'rs256', 'RS256 ', '',
    undefined, null, 256, true, ['RS256'], { alg: 'RS256' }
  ]
  for (const alg of others) refuses(t, () => readKeyId({ ...HEADER, alg }), 'algorithm', JSON.stringify(alg) ?? 'absent')
})

t.test('parameters that change what a token means are refused, whatever their value', async t => {
  const parameters = { crit: [['exp-policy'], [], 'b64', ['b64'], ['alg'], null, undefined], b64: [false, true], zip: ['DEF'], enc: ['A256GCM'], cty: ['JWT', ''] }
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of values) {
      refuses(t, () => readKeyId({ ...HEADER, [name]: value }), 'malformed', `${name}: ${JSON.stringify(value)}`)
    }
  }
})

t.test('parameters that bring a key of their own are ignored', async t => {
  const header = { ...HEADER, jwk: { kty: 'RSA' }, jku: 'https://attacker.example/', x5u: 'https://attacker.example/', x5c: ['a'], x5t: 'b', 'x5t#S256': 'c' }
  t.equal(readKeyId(header), 'usual')
})

t.test('a type that access tokens have is accepted in any case', async t => {
  for (const typ of [undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT', 'application/jwt']) {
    t.equal(readKeyId({ ...HEADER, typ }), 'usual', String(typ))
  }
})

t.test('a token of another type is refused', async t => {
  const others = [
    'dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token+jwt', 'application/okta-internal-at+jwt', 'at+jwt ', 'at', '',
    null, 0, false, ['JWT'], { typ: 'JWT' }
  ]
  for (const typ of others) refuses(t, () => readKeyId({ ...HEADER, typ }), 'type', JSON.stringify(typ))
})

t.test('a token that does not name its key in printable ASCII is refused', async t => {
  const hostile = [undefined, null, 1, true, [], ['usual'], {}, '', ' ', 'a b', 'a\r\nb', 'usual\n', 'a\0', '\u001b[31m', 'ключ', 'a'.repeat(129), 'a'.repeat(8192)]
  for (const kid of hostile) refuses(t, () => readKeyId({ ...HEADER, kid }), 'unknown_key', JSON.stringify(kid) ?? 'absent')
})
