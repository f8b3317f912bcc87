import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { protect, type ProtectedResource } from '../rfc/protected-resource.js'
import { createOpinions, type Opinion } from './opinions.js'
import { mutate, mutation } from './mutation.js'
import { runs } from '../kit/ci.js'

/** Another one each time, unless the variable names one: a failure prints what to set. */
const SEED = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)
const RUNS = runs(500, 3000)

t.comment(`FAST_CHECK_SEED=${SEED}`)

async function opinionOf ({ ask }: ProtectedResource, accessToken: string): Promise<Opinion> {
  const response = await ask(accessToken)
  if (response.statusCode === 200) return response.json<Record<string, unknown>>()
  if (response.statusCode !== 401 && response.statusCode !== 400) throw new Error(`answered ${response.statusCode}`)
  return null
}

t.test('whatever fast-jwt, jose or @okta/jwt-verifier refuses is refused, and what is accepted has the same claims in all of them', async t => {
  const issuer = await Issuer.start(t)
  const opinions = Object.entries(createOpinions({ issuer: issuer.url, audience: AUDIENCE, key: issuer.key }))
  const withSecondOpinion = await protect(t, { issuer })
  const alone = await protect(t, { issuer, plugin: { secondOpinion: false } })
  let accepted = 0

  const property = fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async mutations => {
    const accessToken = asSent(mutate(issuer, mutations))
    const ours = await opinionOf(withSecondOpinion, accessToken)
    const ourFirst = await opinionOf(alone, accessToken)
    if (ours !== null) accepted++
    for (const [name, opinion] of opinions) {
      const theirs = await opinion(accessToken)
      for (const [who, claims] of [['we', ours], ['we, without the cross-check,', ourFirst]] as const) {
        if (claims === null || isDeepStrictEqual(asJson(theirs), claims)) continue
        // njwt cannot hold a claim of this name, so the cross-check asks jose in its place: test/rfc/7519.test.ts
        if (theirs === null && name === '@okta/jwt-verifier' && Object.hasOwn(claims, 'constructor')) continue
        throw new Error(`${who} accept ${accessToken}, and ${name} ${theirs === null ? 'refuses it' : 'reads other claims'}`)
      }
    }
  })
  const details = await fc.check(property, { seed: SEED, numRuns: RUNS })

  t.notOk(details.failed, details.failed ? `FAST_CHECK_SEED=${SEED}: ${String(details.errorInstance)} ${JSON.stringify(details.counterexample)}` : `${RUNS} tokens`)
  t.ok(accepted > RUNS / 50, `${accepted} of them were accepted, so that it was put to the test`)
  t.equal(({} as Record<string, unknown>)['isAdmin'], undefined, 'no prototype was polluted')
})

t.test('a mutated token is refused also right after the good one was accepted, and the good one right after it', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await protect(t, { issuer })
  const good = issuer.mint()
  const { iat, exp } = JSON.parse(Buffer.from(good.split('.')[1] as string, 'base64url').toString()) as { iat: number, exp: number }

  const property = fc.asyncProperty(fc.nat(good.length - 1), fc.constantFrom(...'AQgwZaz09-_'.split('')), async (at, character) => {
    const other = good.slice(0, at) + character + good.slice(at + 1)
    const [before, mutated, after] = [await ask(good), await ask(other), await ask(good)]
    if (before.statusCode !== 200 || after.statusCode !== 200) throw new Error('the good token is refused')
    if (other !== good && mutated.statusCode === 200) throw new Error(`accepted with ${character} at ${at}`)
  })
  const details = await fc.check(property, { seed: SEED, numRuns: runs(100, 500) })

  t.notOk(details.failed, details.failed ? `FAST_CHECK_SEED=${SEED}: ${String(details.errorInstance)}` : `a token of ${exp - iat} seconds`)
})

function asJson (claims: Opinion): unknown {
  return claims === null ? null : JSON.parse(JSON.stringify(claims)) as unknown
}

/** The token that arrives: spaces before it belong to the scheme (RFC 9110 section 11.4), those at the end of a header field to nothing. */
function asSent (accessToken: string): string {
  return accessToken.replace(/^ +| +$/g, '')
}
