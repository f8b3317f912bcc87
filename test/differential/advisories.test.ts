import { createHmac } from 'node:crypto'
import t from 'tap'
import { AUDIENCE } from '../kit/access-token.js'
import { foreignKey } from '../kit/signing-key.js'
import { protect, refusesToken } from '../rfc/protected-resource.js'

t.test('CVE-2023-48223: fast-jwt took a public key in some PEM forms for a secret, and anyone who knew it could sign with HS256', async t => {
  const { ask, issuer } = await protect(t)
  const { publicKey } = issuer.key
  for (const type of ['spki', 'pkcs1'] as const) {
    const pem = publicKey.export({ type, format: 'pem' }) as string
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const digest = alg.replace('HS', 'sha')
      for (const secret of [pem, pem.trim(), pem.replaceAll('\n', '\r\n')]) {
        refusesToken(t, await ask({ header: { alg }, sign: input => createHmac(digest, secret).update(input).digest('base64url') }), `${alg} with ${type}`)
      }
    }
  }
})

t.test('CVE-2026-34950: the mend of that could be passed by by white space or other bytes before the PEM', async t => {
  const { ask, issuer } = await protect(t)
  const pem = issuer.key.publicKey.export({ type: 'spki', format: 'pem' }) as string
  for (const before of [' ', '\n', '\r\n', '\t', '\u00a0', '\ufeff', '\u200b', '\u0000', '# key\n']) {
    const sign = (input: string): string => createHmac('sha256', before + pem).update(input).digest('base64url')
    refusesToken(t, await ask({ header: { alg: 'HS256' }, sign }), JSON.stringify(before))
  }
})

t.test('CVE-2026-35042: fast-jwt accepted tokens whose crit named extensions that it does not know', async t => {
  const { ask } = await protect(t)
  for (const header of [{ crit: ['x-fraud-check'], 'x-fraud-check': 'required' }, { crit: ['x-fraud-check'] }, { crit: ['b64'], b64: false }]) {
    refusesToken(t, await ask({ header }), JSON.stringify(header))
  }
})

t.test('CVE-2026-35039: fast-jwt could give one token the claims of another, where the keys of its cache collided', async t => {
  const { ask, issuer } = await protect(t)
  const ada = issuer.mint()
  const grace = issuer.mint({ claims: { sub: 'grace@example.com', uid: '00ugrace' } })
  const [header, claims, signature] = ada.split('.') as [string, string, string]
  const subjectOf = async (accessToken: string): Promise<unknown> => (await ask(accessToken)).json<{ sub: string }>().sub

  t.equal(await subjectOf(ada), 'ada@example.com')
  t.equal(await subjectOf(grace), 'grace@example.com', 'same header, same length but for the claims')
  const colliding = {
    'the same signature': `${header}.${grace.split('.')[1]}.${signature}`,
    'the same header and claims': `${header}.${claims}.${grace.split('.')[2]}`,
    'the same beginning': `${ada}A`,
    'the same end': `A${ada}`,
    'the same letters in another case': ada.toUpperCase()
  }
  for (const [title, accessToken] of Object.entries(colliding)) refusesToken(t, await ask(accessToken), title)
  t.equal(await subjectOf(ada), 'ada@example.com', 'and afterwards each is who it was')
  t.equal(await subjectOf(grace), 'grace@example.com')
})

t.test('CVE-2025-30144: fast-jwt accepted an array of issuers in iss if any one was allowed, which others than the issuer can use', async t => {
  const { ask, issuer } = await protect(t)
  for (const iss of [['https://attacker.example', issuer.url], [issuer.url], [[issuer.url]], { 0: issuer.url }]) {
    refusesToken(t, await ask({ claims: { iss } }), JSON.stringify(iss))
    refusesToken(t, await ask({ key: foreignKey, claims: { iss } }), `${JSON.stringify(iss)}, signed by a stranger`)
  }
})

t.test('CVE-2024-34273: njwt could be made to change the prototype of every object by a member __proto__ of a token', async t => {
  const { ask, issuer } = await protect(t)
  const claims = JSON.stringify(issuer.claims())
  const pollution = '{"polluted":true,"aud":"api://default"}'
  for (const member of [`"__proto__":${pollution}`, `"\\u005f_proto__":${pollution}`, `"x":{"__proto__":${pollution}}`]) {
    refusesToken(t, await ask({ claimsText: `${claims.slice(0, -1)},${member}}` }), `claims with ${member}`)
    refusesToken(t, await ask({ headerText: `{"kid":"usual","alg":"RS256",${member}}` }), `header with ${member}`)
    t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  }
  refusesToken(t, await ask({ claimsText: `${JSON.stringify(issuer.claims({ aud: undefined })).slice(0, -1)},"__proto__":{"aud":"${AUDIENCE}"}}` }), 'an audience by inheritance')
  const response = await ask({ claims: { x: { constructor: { prototype: { polluted: true } } } } })
  t.equal(response.statusCode, 200, 'the other way is only a claim')
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
})
