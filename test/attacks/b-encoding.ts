import type { Attack } from './attack.js'
import { appendMembers, compact, rsa } from './forgery.js'
import { usualKey as main } from '../kit/signing-key.js'
import type { Issuer } from '../kit/issuer.js'
import { encode } from '../kit/access-token.js'

const HEADER = { alg: 'RS256', kid: main.kid }
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Changes one segment of a good token. */
function changed (issuer: Issuer, segment: 0 | 1 | 2, change: (text: string) => string): string {
  return issuer.mint().split('.').map((text, i) => i === segment ? change(text) : text).join('.')
}

/** Each of the three segments changed, by itself. */
const inEach = (issuer: Issuer, title: string, change: (text: string) => string): Record<string, string> =>
  Object.fromEntries(([0, 1, 2] as const).map(segment => [`${title} in segment ${segment}`, changed(issuer, segment, change)]))

/** Another text for the same bytes: a bit that says nothing is set. The signature of an RSA-2048 key ends in such bits. */
function withLooseBits (text: string): string {
  const last = ALPHABET.indexOf(text.at(-1) as string)
  return text.slice(0, -1) + (ALPHABET[last ^ 1] as string)
}

/** A payload whose length leaves loose bits at the end of its segment. */
function payloadOfLength (issuer: Issuer, remainder: 1 | 2): string {
  const text = JSON.stringify(issuer.claims())
  return text + ' '.repeat((3 + remainder - Buffer.byteLength(text) % 3) % 3)
}

export const ENCODING: readonly Attack[] = [
  {
    number: 38,
    title: 'A token of any other number of segments is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => {
      const [header = '', payload = '', signature = ''] = issuer.mint().split('.')
      return {
        'one segment': header,
        'two segments': `${header}.${payload}`,
        'two and an empty one': `${header}.${payload}.`,
        'four segments': `${header}.${payload}.${signature}.${signature}`,
        'an empty fourth': `${header}.${payload}.${signature}.`,
        'an empty header': `.${payload}.${signature}`,
        'an empty payload': `${header}..${signature}`,
        'dots alone': '..',
        'ten thousand dots': '.'.repeat(10_000),
        'ten thousand segments': 'a.'.repeat(5000)
      }
    }
  },
  {
    number: 39,
    title: 'Padding is refused in the last segment as a token, and in the others as a request',
    expected: ['FST_OKTA_INVALID_TOKEN', 'FST_OKTA_INVALID_REQUEST'],
    tokens: issuer => ({ ...inEach(issuer, '=', text => `${text}=`), ...inEach(issuer, '==', text => `${text}==`) })
  },
  {
    number: 40,
    title: 'The other base64 alphabet is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      ...inEach(issuer, '+', text => `${text.slice(0, -4)}+${text.slice(-3)}`),
      ...inEach(issuer, '/', text => `${text.slice(0, -4)}/${text.slice(-3)}`),
      ...inEach(issuer, '~', text => `${text}~`)
    })
  },
  {
    number: 41,
    title: 'Two strings are never one token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'loose bits in the signature': changed(issuer, 2, withLooseBits),
      'two loose bits in the payload, signed as it stands': (() => {
        const payload = withLooseBits(encode(payloadOfLength(issuer, 2)))
        const input = `${encode(JSON.stringify(HEADER))}.${payload}`
        return `${input}.${encode(rsa(main)(input))}`
      })(),
      'four loose bits in the payload, signed as it stands': (() => {
        const payload = withLooseBits(encode(payloadOfLength(issuer, 1)))
        const input = `${encode(JSON.stringify(HEADER))}.${payload}`
        return `${input}.${encode(rsa(main)(input))}`
      })(),
      'a length that no bytes have': changed(issuer, 2, text => `${text}AAA`)
    })
  },
  {
    number: 42,
    title: 'Blanks and characters outside the alphabet are refused',
    expected: ['FST_OKTA_INVALID_TOKEN', 'FST_OKTA_INVALID_REQUEST', 400],
    requests: ({ issuer }) => Object.fromEntries(Object.entries({ space: ' ', tab: '\t', 'no-break space': '\u00a0', 'e acute': '\u00e9', quote: '"', comma: ',', NUL: '\0' }).flatMap(([title, character]) =>
      ([0, 1, 2] as const).map(segment => [`${title} in segment ${segment}`, { headers: [['Authorization', `Bearer ${changed(issuer, segment, text => text.slice(0, 8) + character + text.slice(8))}`]] }])))
  },
  {
    number: 43,
    title: 'A header or payload that is not an object is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(['[]', '"text"', '1', 'null', 'true', '', ' ', '[{}]', JSON.stringify([issuer.claims()])].flatMap(text => [
      [`payload ${text.slice(0, 10)}`, issuer.mint({ claimsText: text })], [`header ${text.slice(0, 10)}`, issuer.mint({ headerText: text })]
    ]))
  },
  {
    number: 44,
    title: 'A member twice in the header is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([
      `{"alg":"RS256","alg":"RS256","kid":"${main.kid}"}`,
      `{"alg":"none","kid":"${main.kid}","alg":"RS256"}`,
      `{"alg":"RS256","kid":"${main.kid}","alg":"none"}`,
      `{"alg":"RS256","kid":"evil","kid":"${main.kid}"}`,
      `{"alg":"RS256","kid":"${main.kid}","\\u0061lg":"RS256"}`,
      `{"alg":"RS256","kid":"${main.kid}","jwk":{"kty":"RSA","kty":"oct"}}`
    ].map(header => [header, issuer.mint({ headerText: header })]))
  },
  {
    number: 45,
    title: 'A member twice in the payload is refused, at any depth and however it is written',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([
      '"sub":"admin@example.com"', '"exp":9999999999', '"groups":["Admins"]', '"\\u0073ub":"admin@example.com"', '"s\\u0075b":"x"', '"iss" : "x"',
      '"custom":{"a":1,"a":2}', '"custom":[{"a":1,"\\u0061":2}]', '"a\\"b":1,"a\\u0022b":2'
    ].map(more => [more, issuer.mint({ claimsText: appendMembers(issuer.claims(), more) })]))
  },
  {
    number: 46,
    title: 'A deep payload is refused, and overflows nothing',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'arrays, 5000 deep': issuer.mint({ claimsText: appendMembers(issuer.claims(), `"deep":${'['.repeat(5000)}${']'.repeat(5000)}`) }),
      'objects, 1500 deep': issuer.mint({ claimsText: appendMembers(issuer.claims(), `"deep":${'{"a":'.repeat(1500)}1${'}'.repeat(1500)}`) }),
      'a header 5000 deep': issuer.mint({ headerText: `{"alg":"RS256","kid":"${main.kid}","deep":${'['.repeat(5000)}${']'.repeat(5000)}}` }),
      'brackets that are not closed': issuer.mint({ claimsText: '['.repeat(9000) })
    })
  },
  {
    number: 47,
    title: 'A long token is refused before it is looked at',
    expected: ['FST_OKTA_INVALID_TOKEN', 431],
    tokens: issuer => ({
      'of 16 kB': `${issuer.mint()}${'A'.repeat(16_000)}`,
      'of 15 kB, with an unknown kid': compact({ ...HEADER, kid: 'nobody' }, issuer.claims({ filler: 'x'.repeat(12_000) }), rsa(main)).slice(0, 15_000),
      'of 60 kB': issuer.mint({ claims: { filler: 'x'.repeat(45_000) } })
    })
  },
  {
    number: 47,
    title: 'The limit on tokens holds below that on headers',
    expected: 'FST_OKTA_INVALID_TOKEN',
    target: { plugin: { maxTokenBytes: 4096 } },
    tokens: issuer => ({ 'of 5 kB, and good': issuer.mint({ claims: { filler: 'x'.repeat(3000) } }) })
  },
  {
    number: 48,
    title: 'Headers beyond the server\'s limit are 431',
    expected: 431,
    requests: ({ issuer }) => ({
      'one large header': { headers: [['Authorization', `Bearer ${issuer.mint()}`], ['X-Large', 'x'.repeat(20_000)]] },
      'many small headers': { headers: Array.from({ length: 3000 }, (_, i) => [`X-${i}`, 'x'.repeat(20)] as const) },
      'a large request target': { target: `/me?${'x'.repeat(20_000)}` }
    })
  },
  {
    number: 49,
    title: 'A token with a hundred thousand groups does not fit',
    expected: ['FST_OKTA_INVALID_TOKEN', 431],
    tokens: issuer => ({
      'of 1 MB': issuer.mint({ claims: { groups: Array.from({ length: 100_000 }, (_, i) => `group ${i}`) } }),
      'of 15 kB with an unknown key': issuer.mint({ claims: { groups: Array.from({ length: 900 }, (_, i) => `group ${i}`) }, header: { alg: 'RS512' } })
    })
  },
  {
    number: 50,
    title: 'Bytes that are not UTF-8 are refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe2, 0x82]].map(bytes => {
      const [before = '', after = ''] = JSON.stringify(issuer.claims({ sub: '@@' })).split('@@')
      return [`bytes ${Buffer.from(bytes).toString('hex')} in sub`, issuer.mint({ claimsText: Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]) })]
    }))
  },
  {
    number: 50,
    title: 'Half a surrogate pair matches no group',
    expected: 'FST_OKTA_GROUP_REQUIRED',
    tokens: issuer => Object.fromEntries(['"groups":["Fastify Okta\\ud800"]', '"groups":["\\udfffFastify Okta"]', '"groups":["Fastify\\ud83d Okta"]'].map(more =>
      [more, issuer.mint({ claimsText: appendMembers(issuer.claims({ groups: undefined }), more) })])),
    at: '/greet'
  },
  {
    number: 50,
    title: 'Half a surrogate pair in sub does no harm',
    expected: ['OK', 'FST_OKTA_INVALID_TOKEN'],
    tokens: issuer => ({ 'a lone surrogate': issuer.mint({ claimsText: appendMembers(issuer.claims({ sub: undefined }), '"sub":"\\ud800"') }) })
  }
]
