import t, { type Test } from 'tap'
import { InvalidTokenError } from '#fastify-okta/errors.js'
import { IssuerKeys } from '#fastify-okta/oauth/issuer-keys.js'
import { Introspection } from '#fastify-okta/oauth/introspection.js'
import { VerifiedTokens } from '#fastify-okta/okta/access-token/verified-tokens.js'
import { AccessTokenVerifier, type VerifiedAccessToken, type VerificationKey } from '#fastify-okta/okta/access-token/access-token-verifier.js'
import type { Issuer as TrustedIssuer } from '#fastify-okta/okta/access-token/issuer.js'
import type { SecondOpinion } from '#fastify-okta/okta/access-token/second-opinion.js'
import { AUDIENCE, CLIENT, type TokenDifference } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { Issuer, json } from '../../../kit/issuer.js'
import { reasonOf, refuses, rejectionOf } from '../../../kit/refusal.js'
import { nextKey, strangersKey, usualKey } from '../../../kit/signing-key.js'

const LIMITS = { maxEntries: 100, maxBytes: 1_000_000 }

function policyOf (issuer: string): TrustedIssuer['policy'] {
  return { issuer, audiences: [AUDIENCE], clockToleranceSeconds: 30, maxLifetimeSeconds: 86_400 }
}

function local (issuer: Issuer, secondOpinion: SecondOpinion | null = null): TrustedIssuer {
  const keys = new IssuerKeys({ jwksUri: issuer.jwksUri, freshForMs: 600_000, cooldownMs: 10_000, staleForMs: 86_400_000, timeoutMs: 2000 })
  return { policy: policyOf(issuer.url), verification: { keys, secondOpinion }, directory: null }
}

function remote (issuer: Issuer, cacheTtlMs = 30_000): TrustedIssuer {
  const introspection = new Introspection({
    endpoint: `${issuer.url}/v1/introspect`,
    authenticateClient: async () => ({ headers: {}, parameters: {} }),
    timeoutMs: 2000,
    maxConcurrent: 10
  })
  return { policy: policyOf(issuer.url), verification: { introspection, cacheTtlMs }, directory: null }
}

function verifierOf (...issuers: TrustedIssuer[]): AccessTokenVerifier {
  return new AccessTokenVerifier({ issuers, verifiedTokens: new VerifiedTokens<VerifiedAccessToken>(LIMITS), maxTokenBytes: 16_384 })
}

/** Takes a token for good as a request does, but for the signature. */
async function accept (verifier: AccessTokenVerifier, token: string): Promise<VerifiedAccessToken> {
  const parsed = verifier.parse(token)
  return await verifier.accept(token, await verifier.selectKey(parsed), { ...parsed.unverifiedClaims })
}

async function start (t: Test): Promise<{ issuer: Issuer, verifier: AccessTokenVerifier }> {
  const issuer = await Issuer.start(t)
  return { issuer, verifier: verifierOf(local(issuer)) }
}

t.test('the key that the token names is found, at once where it is in memory', async t => {
  const { issuer, verifier } = await start(t)
  const select = (difference?: TokenDifference): VerificationKey | Promise<VerificationKey> => verifier.selectKey(verifier.parse(issuer.mint(difference)))

  const waited = select()
  t.ok(waited instanceof Promise)
  t.equal((await waited).key.jwk.n, usualKey.jwk.n)
  t.match(select({ key: nextKey }), { key: { kid: 'next', jwk: { n: nextKey.jwk.n } }, issuer: { policy: { issuer: issuer.url } } })
  t.equal(issuer.fetches, 1)
})

t.test('a key that the issuer does not have is unknown, and an issuer that is away is no fault of the token\'s', async t => {
  const { issuer, verifier } = await start(t)
  const parsed = verifier.parse(issuer.mint({ header: { kid: 'other' } }))
  t.equal(await rejectionOf(Promise.resolve(verifier.selectKey(parsed))), 'unknown_key')

  const down = await start(t)
  down.issuer.keysAnswer = json(500, {})
  await t.rejects(Promise.resolve(down.verifier.selectKey(down.verifier.parse(down.issuer.mint()))), { name: 'IssuerUnavailableError' })
})

t.test('what can be refused without a key is refused before one is fetched', async t => {
  const { issuer, verifier } = await start(t)
  const refused: Record<string, TokenDifference> = {
    issuer: { claims: { iss: 'https://other.example' } },
    org_access_token: { claims: { iss: issuer.origin } },
    algorithm: { header: { alg: 'none' } },
    type: { header: { typ: 'dpop+jwt' } },
    unknown_key: { header: { kid: 1 } },
    malformed: { header: { crit: ['exp'] } },
    expired: { claims: { exp: 1 } },
    audience: { claims: { aud: 'api://other' } }
  }
  for (const [reason, difference] of Object.entries(refused)) {
    t.equal(reasonOf(() => verifier.selectKey(verifier.parse(issuer.mint(difference)))), reason)
  }
  for (const iss of [undefined, null, 1, [issuer.url], { toString: () => issuer.url }, '__proto__', issuer.url.toUpperCase()]) {
    t.equal(reasonOf(() => verifier.selectKey(verifier.parse(issuer.mint({ claims: { iss } })))), 'issuer')
  }
  t.equal(issuer.fetches, 0)
})

t.test('a token of the org authorization server\'s is told from others, by its issuer or by its type', async t => {
  const { issuer, verifier } = await start(t)
  const typ = 'application/okta-internal-at+jwt'

  t.equal(reasonOf(() => verifier.selectKey(verifier.parse(issuer.mint({ claims: { iss: issuer.origin }, header: { typ } })))), 'org_access_token')
  t.equal(reasonOf(() => verifier.selectKey(verifier.parse(issuer.mint({ header: { typ } })))), 'org_access_token')
  t.equal(reasonOf(() => verifier.selectKey(verifier.parse(issuer.mint({ claims: { iss: 'https://other.example' }, header: { typ } })))), 'issuer')
})

t.test('keys are looked up with the issuer that the token names, and never with another', async t => {
  const [one, other] = [await Issuer.start(t), await Issuer.start(t)]
  other.keys = [{ ...strangersKey.jwk }]
  const verifier = verifierOf(local(one), local(other))

  t.equal((await verifier.selectKey(verifier.parse(other.mint()))).key.jwk.n, strangersKey.jwk.n)
  t.equal((await verifier.selectKey(verifier.parse(one.mint()))).key.jwk.n, usualKey.jwk.n)
  t.equal(await rejectionOf(verifier.verify(other.mint({ key: nextKey }))), 'unknown_key')
})

t.test('a token of more than the greatest length is not parsed', async t => {
  const { issuer, verifier } = await start(t)
  refuses(t, () => verifier.parse(issuer.mint({ claims: { padding: 'a'.repeat(16_384) } })), 'too_large', 'it is too long')
})

t.test('a good token is remembered with all that follows from it, frozen', async t => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  const jkt = 'a'.repeat(43)
  const token = issuer.mint({ claims: { scp: ['a', 'b'], cnf: { jkt }, deep: { list: [{}] } } })
  t.equal(verifier.findVerified(token), undefined)
  const verified = await accept(verifier, token)

  t.match(verified, { key: { kid: 'usual' }, thumbprint: jkt, claims: { sub: 'ada@example.com', scp: ['a', 'b'] }, issuer: { policy: { issuer: issuer.url } } })
  t.equal(verified.expiresAtMs, clock.now() + 3_600_000)
  t.ok(Object.isFrozen(verified.claims))
  t.ok(Object.isFrozen((verified.claims as unknown as { deep: { list: object[] } }).deep.list[0]))
  t.equal(Object.getPrototypeOf(verified.claims), null)
  t.equal(verifier.findVerified(token), verified)
  t.equal((await accept(verifier, issuer.mint())).thumbprint, null, 'a token without cnf is bound to no key')
})

t.test('a remembered token is forgotten when it expires', async t => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  const token = issuer.mint({ claims: { exp: clock.now() / 1000 + 10 } })
  await accept(verifier, token)

  clock.advance(9999)
  t.ok(verifier.findVerified(token))
  clock.advance(1)
  t.equal(verifier.findVerified(token), undefined)
})

t.test('a remembered token does not count once its key is no longer the issuer\'s', async t => {
  const changes: Record<string, unknown[]> = {
    'the key is gone': [nextKey.jwk],
    'another key has its name': [strangersKey.jwk, nextKey.jwk]
  }
  for (const [title, keys] of Object.entries(changes)) {
    t.test(title, async t => {
      const { issuer, verifier } = await start(t)
      const clock = stopClock(t)
      const [usual, next] = [issuer.mint(), issuer.mint({ key: nextKey })]
      await accept(verifier, usual)
      await accept(verifier, next)
      issuer.keys = keys
      clock.advance(600_000)
      await verifier.selectKey(verifier.parse(next))

      t.equal(verifier.findVerified(usual), undefined)
      t.ok(verifier.findVerified(next), 'tokens of a key that stays are kept')
    })
  }
})

t.test('claims are checked once more when the signature is verified', async t => {
  const { issuer, verifier } = await start(t)
  const clock = stopClock(t)
  const token = issuer.mint({ claims: { exp: clock.now() / 1000 + 10 } })
  const parsed = verifier.parse(token)
  const key = await verifier.selectKey(parsed)
  clock.advance(10_000)
  const accept = async (claims: Record<string, unknown>): Promise<unknown> => await verifier.accept(token, key, claims)

  t.equal(await rejectionOf(accept({ ...parsed.unverifiedClaims })), 'expired')
  t.equal(await rejectionOf(accept(issuer.claims({ aud: 'api://other' }))), 'audience')
  t.equal(verifier.findVerified(token), undefined)
})

t.test('a token is not remembered before the second opinion agrees', async t => {
  const issuer = await Issuer.start(t)
  const asked: unknown[][] = []
  const verifier = verifierOf(local(issuer, async (...question) => {
    asked.push(question)
    if (asked.length === 1) throw new InvalidTokenError('verifiers_disagree')
  }))
  const token = issuer.mint()

  t.equal(await rejectionOf(accept(verifier, token)), 'verifiers_disagree')
  t.equal(verifier.findVerified(token), undefined)
  t.ok(await accept(verifier, token))
  t.ok(verifier.findVerified(token))
  t.match(asked, [[token, { kid: 'usual' }, { sub: 'ada@example.com' }], [token]])
})

t.test('which issuer is to be asked about a token is read from the token', async t => {
  const [here, asked, alsoAsked] = [await Issuer.start(t), await Issuer.start(t), await Issuer.start(t)]
  const nobody = verifierOf(local(here))
  const one = verifierOf(local(here), remote(asked))
  const two = verifierOf(remote(asked), local(here), remote(alsoAsked))

  for (const token of ['opaque', 'a.b.c', 'a'.repeat(16_385)]) t.equal(nobody.findRemoteIssuer(token), undefined, 'with nobody to ask a token is not looked at')
  t.equal(nobody.findRemoteIssuer(here.mint()), undefined)
  for (const verifier of [one, two]) {
    t.equal(verifier.findRemoteIssuer(asked.mint())?.policy.issuer, asked.url)
    t.equal(verifier.findRemoteIssuer(here.mint()), undefined)
    t.equal(verifier.findRemoteIssuer(here.mint({ claims: { iss: 'https://other.example' } })), undefined)
    refuses(t, () => verifier.findRemoteIssuer('a'.repeat(16_385)), 'too_large', 'an opaque token that is too long')
    refuses(t, () => verifier.findRemoteIssuer('a.b.c'), 'malformed', 'what looks like a JWT must be one')
    refuses(t, () => verifier.findRemoteIssuer('a.b.'), 'malformed', 'with an empty signature as well')
  }
  t.equal(two.findRemoteIssuer(alsoAsked.mint())?.policy.issuer, alsoAsked.url)
  for (const opaque of ['opaque', 'a.b', 'a.b.c.d', '.a.b', 'a..b', 'a'.repeat(16_384)]) {
    t.equal(one.findRemoteIssuer(opaque)?.policy.issuer, asked.url, 'the only one that is asked')
    t.equal(two.findRemoteIssuer(opaque), undefined, 'of two it cannot be told')
  }
})

t.test('a token of an issuer that is asked is never verified here', async t => {
  const asked = await Issuer.start(t)
  const verifier = verifierOf(remote(asked))

  t.equal(reasonOf(() => verifier.selectKey(verifier.parse(asked.mint()))), 'issuer')
  t.equal(asked.fetches, 0)
})

t.test('what the issuer says of a token is held against the policy, and remembered for a while', async t => {
  const issuer = await Issuer.start(t)
  const trusted = remote(issuer)
  const verifier = verifierOf(trusted)
  const clock = stopClock(t)
  const { scp, cid, ver, ...rest } = issuer.claims()
  const answer = { active: true, token_type: 'Bearer', username: 'ada@example.com', client_id: cid, scope: 'a b', ...rest }
  issuer.introspectionAnswer = json(200, answer)
  const ask = async (token: string): Promise<VerifiedAccessToken> => await verifier.introspect(token, verifier.findRemoteIssuer(token) as never)

  const verified = await ask('opaque')
  t.match(verified, { key: null, claims: { cid: CLIENT, ver: 1, sub: 'ada@example.com', scp: ['a', 'b'] }, thumbprint: null })
  t.equal(verifier.findVerified('opaque'), verified)
  clock.advance(29_999)
  t.equal(verifier.findVerified('opaque'), verified)
  clock.advance(1)
  t.equal(verifier.findVerified('opaque'), undefined)

  issuer.introspectionAnswer = json(200, { ...answer, exp: clock.now() / 1000 + 10 })
  t.equal((await ask('short')).expiresAtMs, clock.now() + 10_000, 'never beyond its exp')
  for (const [difference, reason] of [[{ aud: 'api://other' }, 'audience'], [{ iss: 'https://other.example' }, 'issuer'], [{ exp: 1 }, 'expired'], [{ client_id: '' }, 'claims'], [{ token_type: 'refresh_token' }, 'type']] as const) {
    issuer.introspectionAnswer = json(200, { ...answer, ...difference })
    t.equal(await rejectionOf(ask(`opaque-${reason}`)), reason)
    t.equal(verifier.findVerified(`opaque-${reason}`), undefined)
  }
  issuer.introspectionAnswer = json(200, { ...answer, active: false })
  t.equal(await rejectionOf(ask('revoked')), 'inactive')
})

t.test('with a reuse of 0 ms nothing that an issuer says is remembered', async t => {
  const issuer = await Issuer.start(t)
  stopClock(t)
  const trusted = remote(issuer, 0)
  const verifier = verifierOf(trusted)
  issuer.introspectionAnswer = json(200, { active: true, ...issuer.claims(), client_id: CLIENT })
  await verifier.introspect('opaque', verifier.findRemoteIssuer('opaque') as never)

  t.equal(verifier.findVerified('opaque'), undefined)
})
