import t, { type Test } from 'tap'
import { InvalidTokenError } from '#fastify-okta/errors.js'
import { IssuerKeys } from '#fastify-okta/oauth/issuer-keys.js'
import { Introspection } from '#fastify-okta/oauth/introspection.js'
import { VerifiedTokenCache } from '#fastify-okta/okta/access-token/verified-token-cache.js'
import { AccessTokenVerifier, type VerifiedAccessToken } from '#fastify-okta/okta/access-token/access-token-verifier.js'
import type { Issuer as TrustedIssuer } from '#fastify-okta/okta/access-token/issuer.js'
import type { CrossCheck } from '#fastify-okta/okta/access-token/cross-check.js'
import { AUDIENCE, CLIENT, type TokenDifference } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { Issuer, json } from '../../../kit/issuer.js'
import { failureOf, rejectionOf } from '../../../kit/refusal.js'
import { createRevocations } from '../../../kit/revocations.js'
import { nextKey, strangersKey, usualKey } from '../../../kit/signing-key.js'

const LIMITS = { maxVerifiedTokens: 100, maxVerifiedTokenBytes: 1_000_000 }

function policyOf (issuer: string): TrustedIssuer['policy'] {
  return { issuer, audiences: [AUDIENCE], clockToleranceSeconds: 30, maxTokenLifetimeSeconds: 86_400 }
}

function local (issuer: Issuer, secondOpinion: CrossCheck | null = null): TrustedIssuer {
  const keys = new IssuerKeys({ jwksUri: issuer.jwksUri, keysTtlMs: 600_000, keysCooldownMs: 10_000, keysCeilingMs: 86_400_000, keysTimeoutMs: 2000 })
  return { policy: policyOf(issuer.url), verification: { keys, secondOpinion }, directory: null, revocations: createRevocations(t) }
}

function remote (issuer: Issuer, cacheTtlMs = 30_000): TrustedIssuer {
  const introspection = new Introspection({
    endpoint: `${issuer.url}/v1/introspect`,
    authenticateClient: async () => ({ headers: {}, parameters: {} }),
    timeoutMs: 2000,
    maxConcurrent: 10
  })
  return { policy: policyOf(issuer.url), verification: { introspection, cacheTtlMs }, directory: null, revocations: createRevocations(t) }
}

function verifierOf (...issuers: TrustedIssuer[]): AccessTokenVerifier {
  return new AccessTokenVerifier({ issuers, verifiedTokens: new VerifiedTokenCache<VerifiedAccessToken>(LIMITS), maxTokenBytes: 16_384 })
}

async function start (t: Test): Promise<{ issuer: Issuer, verifier: AccessTokenVerifier }> {
  const issuer = await Issuer.start(t)
  return { issuer, verifier: verifierOf(local(issuer)) }
}

/** What the introspection endpoint says of a good token, except for the difference. */
function answerOf (issuer: Issuer, difference: Record<string, unknown> = {}): Record<string, unknown> {
  const { scp, cid, ver, ...rest } = issuer.claims()
  return { active: true, token_type: 'Bearer', username: 'ada@example.com', client_id: cid, scope: 'a b', ...rest, ...difference }
}

function introspections (issuer: Issuer): number {
  return issuer.requests.filter(({ url }) => url.endsWith('/v1/introspect')).length
}

t.test('a good token is verified with the key that it names', async (t) => {
  const { issuer, verifier } = await start(t)

  t.equal((await verifier.verify(issuer.mint())).key?.publicKey.equals(usualKey.publicKey), true)
  t.match(await verifier.verify(issuer.mint({ key: nextKey })), { key: { kid: 'next' }, issuer: { policy: { issuer: issuer.url } } })
  t.equal(issuer.fetches, 1)
})

t.test('a signature that the key did not make is refused', async (t) => {
  const { issuer, verifier } = await start(t)
  const token = issuer.mint()
  const forged: Record<string, string> = {
    'by a stranger under the same kid': issuer.mint({ key: strangersKey }),
    'by another key of the issuer': issuer.mint({ key: { ...nextKey, kid: 'usual' } }),
    'of zeros': issuer.mint({ sign: () => Buffer.alloc(256) }),
    'too short': issuer.mint({ sign: () => Buffer.alloc(1) }),
    'of other claims': [token.split('.')[0], issuer.mint({ claims: { sub: 'grace@example.com' } }).split('.')[1], token.split('.')[2]].join('.'),
    'under another header': [issuer.mint({ header: { a: 1 } }).split('.')[0], ...token.split('.').slice(1)].join('.')
  }
  for (const [title, forgery] of Object.entries(forged)) {
    t.equal(await rejectionOf(verifier.verify(forgery)), 'signature', title)
    t.equal(verifier.fromMemory(forgery), undefined, title)
  }
})

t.test('a key that the issuer does not have is unknown, and an unavailable issuer is not a reason to refuse a token', async (t) => {
  const { issuer, verifier } = await start(t)
  t.equal(await rejectionOf(verifier.verify(issuer.mint({ header: { kid: 'other' } }))), 'unknown_key')

  const down = await start(t)
  down.issuer.keysAnswer = json(500, {})
  await t.rejects(down.verifier.verify(down.issuer.mint()), { name: 'IssuerUnavailableError' })
})

t.test('what can be refused without a key is refused before one is fetched', async (t) => {
  const { issuer, verifier } = await start(t)
  const refused: Record<string, TokenDifference> = {
    issuer: { claims: { iss: 'https://other.example' } },
    org_access_token: { claims: { iss: issuer.origin } },
    algorithm: { header: { alg: 'none' } },
    type: { header: { typ: 'dpop+jwt' } },
    unknown_key: { header: { kid: 1 } },
    malformed: { header: { crit: ['exp'] } },
    expired: { claims: { exp: 1 } },
    audience: { claims: { aud: 'api://other' } },
    too_large: { claims: { padding: 'a'.repeat(16_384) } }
  }
  for (const [reason, difference] of Object.entries(refused)) t.equal(await rejectionOf(verifier.verify(issuer.mint(difference))), reason)
  for (const iss of [undefined, null, 1, [issuer.url], { toString: () => issuer.url }, '__proto__', issuer.url.toUpperCase()]) {
    t.equal(await rejectionOf(verifier.verify(issuer.mint({ claims: { iss } }))), 'issuer')
  }
  t.equal(issuer.fetches, 0)
})

t.test('a token of an unknown issuer, or one that is too long, is refused with the setting that it was compared with', async (t) => {
  const [one, other] = [await Issuer.start(t), await Issuer.start(t)]
  const verifyWith = async (verifier: AccessTokenVerifier, claims: Record<string, unknown>): Promise<unknown> => await failureOf(verifier.verify(one.mint({ claims })))

  t.match(await verifyWith(verifierOf(local(one)), { iss: 'https://a.example' }), { reason: 'issuer', claim: 'iss', expected: one.url, received: 'https://a.example' })
  t.match(await verifyWith(verifierOf(local(one), local(other)), { iss: 1 }), { reason: 'issuer', expected: [one.url, other.url], received: undefined })
  t.match(await verifyWith(verifierOf(local(one)), { iss: one.origin }), { reason: 'org_access_token', expected: one.url, received: one.origin })
  t.match(await verifyWith(verifierOf(local(one)), { padding: 'a'.repeat(16_384) }), { reason: 'too_large', expected: 16_384 })
})

t.test('a token of the org authorization server is recognized, by its issuer or by its type', async (t) => {
  const { issuer, verifier } = await start(t)
  const typ = 'application/okta-internal-at+jwt'

  t.equal(await rejectionOf(verifier.verify(issuer.mint({ claims: { iss: issuer.origin }, header: { typ } }))), 'org_access_token')
  t.equal(await rejectionOf(verifier.verify(issuer.mint({ header: { typ } }))), 'org_access_token')
  t.equal(await rejectionOf(verifier.verify(issuer.mint({ claims: { iss: 'https://other.example' }, header: { typ } }))), 'issuer')
})

t.test('keys are looked up with the issuer that the token names, and never with another', async (t) => {
  const [one, other] = [await Issuer.start(t), await Issuer.start(t)]
  other.keys = [{ ...strangersKey.jwk }]
  const verifier = verifierOf(local(one), local(other))

  t.match(await verifier.verify(other.mint({ key: strangersKey })), { issuer: { policy: { issuer: other.url } } })
  t.match(await verifier.verify(one.mint()), { issuer: { policy: { issuer: one.url } } })
  t.equal(await rejectionOf(verifier.verify(other.mint())), 'signature')
  t.equal(await rejectionOf(verifier.verify(other.mint({ key: nextKey }))), 'unknown_key')
})

t.test('a good token is kept with all that follows from it, frozen', async (t) => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  const jkt = 'a'.repeat(43)
  const token = issuer.mint({ claims: { scp: ['a', 'b'], cnf: { jkt }, deep: { list: [{}] } } })
  t.equal(verifier.fromMemory(token), undefined)
  const verified = await verifier.verify(token)

  t.match(verified, { key: { kid: 'usual' }, thumbprint: jkt, claims: { sub: 'ada@example.com', scp: ['a', 'b'] }, issuer: { policy: { issuer: issuer.url } } })
  t.equal(verified.expiresAtMs, clock.now() + 3_600_000)
  t.ok(Object.isFrozen(verified.claims))
  t.ok(Object.isFrozen((verified.claims as unknown as { deep: { list: object[] } }).deep.list[0]))
  t.equal(Object.getPrototypeOf(verified.claims), null)
  t.equal(verifier.fromMemory(token), verified)
  t.equal((await verifier.verify(issuer.mint())).thumbprint, null, 'a token without cnf is bound to no key')
})

t.test('a token is evicted when it expires', async (t) => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  const token = issuer.mint({ claims: { exp: clock.now() / 1000 + 10 } })
  await verifier.verify(token)

  clock.advance(9999)
  t.ok(verifier.fromMemory(token))
  clock.advance(1)
  t.equal(verifier.fromMemory(token), undefined)
})

t.test('a token that expires while its key is fetched is refused', async (t) => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  issuer.keysAnswer = (request, response) => {
    clock.advance(10_000)
    json(200, { keys: issuer.keys })(request, response)
  }

  t.equal(await rejectionOf(verifier.verify(issuer.mint({ claims: { exp: clock.now() / 1000 + 10 } }))), 'expired')
})

t.test('a cached token is not accepted after its key has left the issuer\'s', async (t) => {
  const changes: Record<string, unknown[]> = {
    'the key is gone': [nextKey.jwk],
    'another key has its name': [strangersKey.jwk, nextKey.jwk],
    'the key is for encryption now': [{ ...usualKey.jwk, use: 'enc' }, nextKey.jwk]
  }
  for (const [title, keys] of Object.entries(changes)) {
    t.test(title, async (t) => {
      const { issuer, verifier } = await start(t)
      const clock = stopClock(t)
      const [usual, next] = [issuer.mint(), issuer.mint({ key: nextKey })]
      await verifier.verify(usual)
      await verifier.verify(next)
      issuer.keys = keys
      clock.advance(600_000)
      await verifier.verify(next)
      clock.advance(10_000)

      t.equal(verifier.fromMemory(usual), undefined)
      t.ok(verifier.fromMemory(next), 'tokens of a key that stays are kept')
    })
  }
})

t.test('a token is not kept before the cross-check agrees', async (t) => {
  const issuer = await Issuer.start(t)
  const checked: unknown[][] = []
  const verifier = verifierOf(local(issuer, async (...check) => {
    checked.push(check)
    if (checked.length === 1) throw new InvalidTokenError('verifiers_disagree')
  }))
  const token = issuer.mint()

  t.equal(await rejectionOf(verifier.verify(token)), 'verifiers_disagree')
  t.equal(verifier.fromMemory(token), undefined)
  t.ok(await verifier.verify(token))
  t.ok(verifier.fromMemory(token))
  t.match(checked, [[token, { kid: 'usual' }, { sub: 'ada@example.com' }], [token]])
})

t.test('the issuer that a token names is asked, if it is one with introspection', async (t) => {
  const [here, asked, alsoAsked] = [await Issuer.start(t), await Issuer.start(t), await Issuer.start(t)]
  asked.introspectionAnswer = json(200, answerOf(asked))
  alsoAsked.introspectionAnswer = json(200, answerOf(alsoAsked))
  const none = verifierOf(local(here))
  const one = verifierOf(local(here), remote(asked))
  const two = verifierOf(remote(asked), local(here), remote(alsoAsked))

  for (const token of ['opaque', 'a.b.c']) t.equal(await rejectionOf(none.verify(token)), 'malformed', 'an opaque token, and no introspection')
  for (const verifier of [one, two]) {
    t.match(await verifier.verify(asked.mint()), { key: null, issuer: { policy: { issuer: asked.url } } })
    t.match(await verifier.verify(here.mint()), { key: { kid: 'usual' }, issuer: { policy: { issuer: here.url } } })
    t.equal(await rejectionOf(verifier.verify(here.mint({ claims: { iss: 'https://other.example' } }))), 'issuer')
    t.equal(await rejectionOf(verifier.verify('a'.repeat(16_385))), 'too_large', 'an opaque token that is too long')
    for (const token of ['a.b.c', 'a.b.']) t.equal(await rejectionOf(verifier.verify(token)), 'malformed', 'what looks like a JWT must be one')
  }
  t.match(await two.verify(alsoAsked.mint()), { issuer: { policy: { issuer: alsoAsked.url } } })
  for (const opaque of ['opaque', 'a.b', 'a.b.c.d', '.a.b', 'a..b', 'a'.repeat(16_384)]) {
    t.match(await one.verify(opaque), { issuer: { policy: { issuer: asked.url } } }, 'the only one with introspection')
    t.equal(await rejectionOf(two.verify(opaque)), 'malformed', 'of two issuers it is not known which')
  }
})

t.test('a JWT that its own claims rule out is not introspected', async (t) => {
  const issuer = await Issuer.start(t)
  issuer.introspectionAnswer = json(200, answerOf(issuer))
  const verifier = verifierOf(remote(issuer))
  const refused: Array<[string, TokenDifference]> = [
    ['expired', { claims: { exp: 1 } }], ['not_yet_valid', { claims: { iat: 9e9, exp: 9e9 + 60 } }], ['audience', { claims: { aud: 'api://other' } }],
    ['lifetime', { claims: { exp: 9e9 } }], ['id_token', { claims: { jti: 'ID.a' } }], ['confirmation', { claims: { cnf: {} } }],
    ['claims', { claims: { cid: undefined } }], ['claims', { claims: { sub: undefined } }], ['claims', { claims: { exp: '1' } }],
    ['audience', { claimsText: JSON.stringify({ iss: issuer.url }) }], ['malformed', { claimsText: '{"iss":"a","iss":"b"}' }]
  ]
  for (const [reason, difference] of refused) t.equal(await rejectionOf(verifier.verify(issuer.mint(difference))), reason, JSON.stringify(difference))
  t.equal(introspections(issuer), 0)

  t.ok(await verifier.verify(issuer.mint({ claims: { cid: undefined, client_id: CLIENT, ver: undefined } })), 'RFC 9068 calls the client client_id')
  t.equal(introspections(issuer), 1)
  t.equal(issuer.fetches, 0, 'and its keys are not fetched')
})

t.test('what the issuer says of a token is checked against the policy, and kept for a while', async (t) => {
  const issuer = await Issuer.start(t)
  const verifier = verifierOf(remote(issuer))
  const clock = stopClock(t)
  const answer = answerOf(issuer)
  issuer.introspectionAnswer = json(200, answer)

  const verified = await verifier.verify('opaque')
  t.match(verified, { key: null, claims: { cid: CLIENT, ver: 1, sub: 'ada@example.com', scp: ['a', 'b'] }, thumbprint: null })
  t.equal(verifier.fromMemory('opaque'), verified)
  clock.advance(29_999)
  t.equal(verifier.fromMemory('opaque'), verified)
  clock.advance(1)
  t.equal(verifier.fromMemory('opaque'), undefined)

  issuer.introspectionAnswer = json(200, { ...answer, exp: clock.now() / 1000 + 10 })
  t.equal((await verifier.verify('short')).expiresAtMs, clock.now() + 10_000, 'never beyond its exp')
  const refused: Array<[Record<string, unknown>, string]> = [
    [{ aud: 'api://other' }, 'audience'], [{ iss: 'https://other.example' }, 'issuer'], [{ exp: 1 }, 'expired'], [{ client_id: '' }, 'claims'],
    [{ token_type: 'refresh_token' }, 'type'], [{ token_type: 'DPoP' }, 'confirmation'], [{ cnf: null }, 'confirmation'], [{ exp: ['1'] }, 'claims'],
    [{ sub: { toString: 'a' } }, 'claims'], [{ client_id: ['a'] }, 'claims'], [{ uid: 1 }, 'claims'], [{ jti: {} }, 'claims'], [{ active: false }, 'inactive']
  ]
  for (const [i, [difference, reason]] of refused.entries()) {
    issuer.introspectionAnswer = json(200, { ...answer, ...difference })
    t.equal(await rejectionOf(verifier.verify(`opaque-${i}`)), reason, JSON.stringify(difference))
    t.equal(verifier.fromMemory(`opaque-${i}`), undefined)
  }
})

t.test('an answer of the introspection endpoint is kept no longer although the machine\'s clock is set back', async (t) => {
  const issuer = await Issuer.start(t)
  const verifier = verifierOf(remote(issuer))
  const clock = stopClock(t)
  issuer.introspectionAnswer = json(200, answerOf(issuer))
  await verifier.verify('opaque')
  t.intercept(Date, 'now', { value: () => clock.now() - 3_600_000 })
  clock.advance(30_000)

  t.equal(verifier.fromMemory('opaque'), undefined)
})

t.test('a JWT that is bound to a key stays bound, whatever the introspection endpoint leaves out', async (t) => {
  const issuer = await Issuer.start(t)
  issuer.introspectionAnswer = json(200, answerOf(issuer))
  const jkt = 'a'.repeat(43)

  t.equal((await verifierOf(remote(issuer)).verify(issuer.mint({ claims: { cnf: { jkt } } }))).thumbprint, jkt)
})

t.test('with a reuse of 0 ms no answer of the introspection endpoint is kept', async (t) => {
  const issuer = await Issuer.start(t)
  stopClock(t)
  const verifier = verifierOf(remote(issuer, 0))
  issuer.introspectionAnswer = json(200, answerOf(issuer))
  await verifier.verify('opaque')

  t.equal(verifier.fromMemory('opaque'), undefined)
})
