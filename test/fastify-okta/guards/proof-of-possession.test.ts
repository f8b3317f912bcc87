import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { createProofOfPossession, type ProofOfPossession } from '#fastify-okta/guards/proof-of-possession.js'
import type { Scheme } from '#fastify-okta/oauth/credentials.js'
import type { ProvenRequest } from '#fastify-okta/oauth/dpop-proof.js'
import type { VerifiedAccessToken } from '#fastify-okta/okta/access-token/access-token-verifier.js'
import { reasonOf, rejectionOf } from '../../kit/refusal.js'

const REQUEST = {
  method: 'GET', originalUrl: '/me?a=b', raw: { rawHeaders: ['Host', 'a', 'DPoP', 'one', 'X-DPoP', 'no', 'dpop', 'two'] }
} as unknown as FastifyRequest

async function check (possession: ProofOfPossession, scheme: Scheme, thumbprint: string | null): Promise<void> {
  const [credentials, verified] = [{ scheme, accessToken: 'a.b.c' }, { thumbprint, claims: { iss: 'https://acme.okta.com', uid: '00uada', cid: '0oaapp' } } as VerifiedAccessToken]
  if (possession.isDue(scheme, verified)) await possession.check(REQUEST, credentials, verified)
}

t.test('without DPoP a bound token is refused, and a bearer token passes', async t => {
  const possession = createProofOfPossession('off', null)

  t.equal(possession.isAccepted, false)
  t.equal(await rejectionOf(check(possession, 'Bearer', null)), undefined)
  t.equal(await rejectionOf(check(possession, 'Bearer', 'thumbprint')), 'confirmation')
  t.equal(await rejectionOf(check(possession, 'DPoP', 'thumbprint')), 'confirmation')
  t.equal(reasonOf(() => { possession.checkScheme({ scheme: 'Bearer', accessToken: 'a.b.c' }) }), undefined)
})

t.test('with DPoP a bound token comes under its scheme and with its proofs, each line by itself', async t => {
  const proven: ProvenRequest[] = []
  const possession = createProofOfPossession('allowed', async request => { proven.push(request) })

  t.equal(possession.isAccepted, true)
  t.equal(await rejectionOf(check(possession, 'Bearer', null)), undefined)
  t.equal(await rejectionOf(check(possession, 'Bearer', 'thumbprint')), 'confirmation', 'no downgrade')
  t.equal(await rejectionOf(check(possession, 'DPoP', null)), 'confirmation', 'no bearer token under the scheme')
  t.same(proven, [])
  await check(possession, 'DPoP', 'thumbprint')
  const [{ caller, ...proof } = { caller: '' }] = proven
  t.strictSame(proof, { method: 'GET', target: '/me?a=b', proofs: ['one', 'two'], accessTokenHash: hash('sha256', 'a.b.c', 'base64url'), thumbprint: 'thumbprint' })
  t.match(caller, /^[\w-]{43}$/, 'the caller is a digest, not a name')
})

t.test('the caller is the user whatever the client, or the client that acts for itself', async t => {
  const callers: string[] = []
  const possession = createProofOfPossession('allowed', async ({ caller }) => { callers.push(caller) })
  const tokens = [
    { iss: 'a', uid: 'ada', cid: 'web' }, { iss: 'a', uid: 'ada', cid: 'phone' },
    { iss: 'a', uid: 'grace', cid: 'web' }, { iss: 'b', uid: 'ada', cid: 'web' },
    { iss: 'a', cid: 'web' }, { iss: 'a', cid: 'ada' }
  ]
  for (const claims of tokens) await possession.check(REQUEST, { scheme: 'DPoP', accessToken: 'a.b.c' }, { thumbprint: 'thumbprint', claims } as VerifiedAccessToken)

  t.equal(callers[0], callers[1], 'two clients of one user share what the user may use')
  t.equal(new Set(callers).size, 5, 'other users, issuers and clients do not')
})

t.test('where DPoP is required, the other scheme is refused whatever the token', async t => {
  const possession = createProofOfPossession('required', async () => {})

  t.equal(reasonOf(() => { possession.checkScheme({ scheme: 'Bearer', accessToken: 'a.b.c' }) }), 'confirmation')
  t.equal(reasonOf(() => { possession.checkScheme({ scheme: 'DPoP', accessToken: 'a.b.c' }) }), undefined)
  const allowed = createProofOfPossession('allowed', async () => {})
  for (const scheme of ['Bearer', 'DPoP'] as const) t.equal(reasonOf(() => { allowed.checkScheme({ scheme, accessToken: 'a.b.c' }) }), undefined)
})
