import t from 'tap'
import { parseCompactToken } from '#fastify-okta/oauth/compact-token.js'
import { encode, mint } from '../../kit/access-token.js'
import { refuses } from '../../kit/refusal.js'

const HEADER = encode('{"alg":"RS256"}')
const CLAIMS = encode('{"sub":"ada"}')
const SIGNATURE = encode('signature')

t.test('a token is split into its parts', async t => {
  t.strictSame(parseCompactToken(`${HEADER}.${CLAIMS}.${SIGNATURE}`, 1000), {
    header: { alg: 'RS256' }, unverifiedClaims: { sub: 'ada' }, signingInput: `${HEADER}.${CLAIMS}`, signature: Buffer.from('signature')
  })
  t.match(parseCompactToken(mint('https://issuer.example', { claims: { sub: 'grace' } }), 16_384), {
    header: { alg: 'RS256', kid: 'usual' }, unverifiedClaims: { iss: 'https://issuer.example', sub: 'grace' }
  })
})

t.test('a token of the greatest length is read, and one that is longer is not', async t => {
  const token = `${HEADER}.${CLAIMS}.${SIGNATURE}`

  t.ok(parseCompactToken(token, token.length))
  refuses(t, () => parseCompactToken(token, token.length - 1), 'too_large', 'one character longer')
  refuses(t, () => parseCompactToken('.'.repeat(10_001), 10_000), 'too_large', 'whatever it looks like')
})

t.test('anything but three segments of base64url is refused', async t => {
  const malformed = {
    nothing: '',
    'one segment': HEADER,
    'two segments': `${HEADER}.${CLAIMS}`,
    'two segments and a point': `${HEADER}.${CLAIMS}.`,
    'four segments': `${HEADER}.${CLAIMS}.${SIGNATURE}.${SIGNATURE}`,
    'five segments, as encrypted ones have': [HEADER, SIGNATURE, SIGNATURE, SIGNATURE, SIGNATURE].join('.'),
    'ten thousand points': '.'.repeat(10_000),
    'no header': `.${CLAIMS}.${SIGNATURE}`,
    'no claims': `${HEADER}..${SIGNATURE}`,
    'padding in the header': `${encode('{"alg":1}')}=.${CLAIMS}.${SIGNATURE}`,
    'padding in the claims': `${HEADER}.${CLAIMS}=.${SIGNATURE}`,
    'padding in the signature': `${HEADER}.${CLAIMS}.${SIGNATURE}==`,
    'a plus': `${HEADER}.${CLAIMS}.ab+d`,
    'a slash': `${HEADER}.${CLAIMS}.ab/d`,
    'a space before': ` ${HEADER}.${CLAIMS}.${SIGNATURE}`,
    'a space within': `${HEADER}.${CLAIMS.slice(0, 4)} ${CLAIMS.slice(4)}.${SIGNATURE}`,
    'a line feed at the end': `${HEADER}.${CLAIMS}.${SIGNATURE}\n`,
    'a NUL': `${HEADER}.${CLAIMS}\0.${SIGNATURE}`,
    'a letter of another alphabet': `${HEADER}.${CLAIMS}.а${SIGNATURE}`
  }
  for (const [title, token] of Object.entries(malformed)) {
    refuses(t, () => parseCompactToken(token, 16_384), 'malformed', title)
  }
})

t.test('a segment that no bytes are encoded to is refused', async t => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const tail of ['', 'A', 'AA', 'AAA']) {
    for (const last of alphabet) {
      const signature = `${SIGNATURE.slice(0, 8)}${tail}${last}`
      const isCanonical = encode(Buffer.from(signature, 'base64url')) === signature
      const parse = (): unknown => parseCompactToken(`${HEADER}.${CLAIMS}.${signature}`, 1000)

      if (isCanonical) t.doesNotThrow(parse, signature)
      else refuses(t, parse, 'malformed', signature)
    }
  }
})

t.test('two strings are never one token: the tail bits of header and claims must be zero as well', async t => {
  for (const object of ['{"a":1}', '{"a":12}']) {
    const segment = encode(object)
    const twin = segment.slice(0, -1) + String.fromCharCode(segment.charCodeAt(segment.length - 1) + 1)

    t.same(Buffer.from(twin, 'base64url'), Buffer.from(segment, 'base64url'), 'a common decoder takes both')
    t.ok(parseCompactToken(`${segment}.${segment}.${SIGNATURE}`, 1000))
    refuses(t, () => parseCompactToken(`${twin}.${segment}.${SIGNATURE}`, 1000), 'malformed', `header ${twin}`)
    refuses(t, () => parseCompactToken(`${segment}.${twin}.${SIGNATURE}`, 1000), 'malformed', `claims ${twin}`)
  }
})

t.test('a header or claims that are not one strict JSON object are refused', async t => {
  for (const json of ['[]', '"a"', '1', 'null', 'true', '{', '{"a":1,"a":2}', '{"__proto__":{}}', '\ufeff{}']) {
    refuses(t, () => parseCompactToken(`${encode(json)}.${CLAIMS}.${SIGNATURE}`, 1000), 'malformed', `header ${json}`)
    refuses(t, () => parseCompactToken(`${HEADER}.${encode(json)}.${SIGNATURE}`, 1000), 'malformed', `claims ${json}`)
  }
})
