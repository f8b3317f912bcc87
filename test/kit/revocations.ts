import type { Test } from 'tap'
import { Revocations, type RevocationsOptions } from '#fastify-okta/okta/revocations/revocations.js'

export const ORG = 'https://acme.okta.com'

/** Revocations of an org without a directory or a store, except for the difference; closed when the test ends. */
export function createRevocations (t: Pick<Test, 'teardown'>, difference: Partial<RevocationsOptions> = {}): Revocations {
  const revocations = new Revocations({
    org: ORG,
    directories: [],
    maxTokenLifetimeMs: 86_400_000,
    maxWatermarks: 1000,
    clockToleranceMs: 30_000,
    ...difference
  })
  t.teardown(() => { revocations.close() })
  return revocations
}
