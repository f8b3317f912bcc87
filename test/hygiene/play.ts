import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { publishedKey } from '../kit/signing-key.js'
import { clientsKey } from '../kit/dpop-proof.js'
import { Secrets } from './secrets.js'
import { addCredentials, CLIENT_SECRET, credentialsOf, EVENT_HOOK_SECRET, outagesOf, startOkta, type Stage } from './stage.js'
import { runs } from '../kit/ci.js'

/** Another one each time, unless the variable names one: a failure prints what to set. */
const SEED = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)
const RUNS = runs(50, 300)
const ASKED_ABOUT = new Set(['good', 'of a client', 'of nobody', 'under a kid that is a token', 'forged', 'bound, with a good proof'])
const leaked = publishedKey('leaked', 'RFC 7517, A.2')
/** A private key where a public one should be. */
export const leakedKey = { ...leaked.jwk, ...leaked.privateKey.export({ format: 'jwk' }) }

/** Who plays, and what they must not tell. */
export interface Cast {
  readonly okta: LocalOkta
  readonly secrets: Secrets
  readonly credentials: Readonly<Record<string, Record<string, string>>>
  readonly accessToken: string
}

export async function assemble (t: Test): Promise<Cast> {
  const okta = await startOkta(t)
  const secrets = new Secrets()
  const credentials = await credentialsOf(okta)
  addCredentials(secrets, credentials)
  secrets.add('the API token', okta.apiToken)
  secrets.add('the client secret', CLIENT_SECRET)
  secrets.add('the event hook\'s secret', EVENT_HOOK_SECRET)
  secrets.addKey('the service app\'s key', okta.clients.management.privateKeyJwk as Record<string, unknown>)
  secrets.addKey('a private key of the issuer\'s', leakedKey)
  secrets.addKey('the client\'s key', clientsKey.privateKey.export({ format: 'jwk' }) as Record<string, unknown>)
  return { okta, secrets, credentials, accessToken: credentials['good']?.['authorization']?.slice(7) as string }
}

/** Asks with all credentials, in all outages, and then with pieces of credentials among other characters. */
export async function drive (t: Test, { okta, credentials, accessToken }: Cast, stage: Stage, more: (headers: Record<string, string>) => InjectOptions[]): Promise<void> {
  for (const [outage, faults] of Object.entries(outagesOf(okta, accessToken, leakedKey))) {
    await t.test(outage, async t => {
      for (const fault of faults) okta.faults.add(fault)
      for (const [name, headers] of Object.entries(credentials)) {
        // While Okta is unavailable, those that cause a request to it.
        if (faults.length > 0 && !ASKED_ABOUT.has(name)) continue
        const requests: InjectOptions[] = [{ url: '/me', headers }, { method: 'PATCH', url: '/me', headers, payload: { nickName: 'Ada' } }]
        const others: InjectOptions[] = faults.length > 0 ? [] : [{ url: '/greet', headers }, { url: '/', headers }, ...more(headers)]
        for (const request of [...requests, ...others]) {
          const leak = await stage.leakOf(request)
          if (leak !== undefined) t.fail(`${name}: ${String(request.method ?? 'GET')} ${JSON.stringify(request.url).slice(0, 30)}: ${leak}`)
        }
      }
      okta.faults.clear()
      t.pass('nothing came to light')
    })
  }
  t.comment(`FAST_CHECK_SEED=${SEED}`)
  await t.test('pieces of credentials among other characters', async t => {
    const piece = fc.tuple(fc.constantFrom(...Object.values(credentials).flatMap(headers => Object.values(headers))), fc.nat(300), fc.integer({ min: 9, max: 400 })).map(([text, from, length]) => text.slice(from, from + length))
    const junk = fc.string({ unit: fc.constantFrom(...' ,;="\'.\\/%?&#<>{}[]:~-_=A0é\u007f'.split('')), maxLength: 6 })
    const value = fc.array(fc.oneof(piece, junk, fc.constantFrom('Bearer ', 'DPoP ', 'Basic ', 'bearer\t'))).map(parts => parts.join('').replace(/[^\t\x20-\x7e\x80-\xff]/g, ''))
    const property = fc.asyncProperty(value, value, fc.constantFrom('/me', '/greet', '/'), async (authorization, dpop, url) => {
      const leak = await stage.leakOf({ url, headers: { authorization, dpop } })
      if (leak !== undefined) throw new Error(leak)
    })
    const details = await fc.check(property, { seed: SEED, numRuns: RUNS })
    t.notOk(details.failed, details.failed ? `FAST_CHECK_SEED=${SEED}: ${String(details.errorInstance)}` : `${RUNS} requests`)
  })
}
