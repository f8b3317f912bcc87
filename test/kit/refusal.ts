import type { Test } from 'tap'
import { InvalidTokenError, type InvalidTokenReason } from '#fastify-okta/errors.js'

/** Says that something refuses a token, and for this reason. */
export function refuses (t: Test, decide: () => unknown, reason: InvalidTokenReason, title: string): void {
  t.equal(reasonOf(decide), reason, title)
}

/** Why something refuses a token; `undefined` if it does not. */
export function reasonOf (decide: () => unknown): InvalidTokenReason | 'no reason' | undefined {
  try {
    decide()
  } catch (error) {
    if (error instanceof InvalidTokenError) return (error.reason as InvalidTokenReason | undefined) ?? 'no reason'
    throw error
  }
  return undefined
}

/** Why something refuses a token in the end; `undefined` if it does not. */
export async function rejectionOf (decision: Promise<unknown>): Promise<InvalidTokenReason | 'no reason' | undefined> {
  try {
    await decision
  } catch (error) {
    if (error instanceof InvalidTokenError) return (error.reason as InvalidTokenReason | undefined) ?? 'no reason'
    throw error
  }
  return undefined
}

/** What something fails with in the end. */
export async function failureOf (work: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([work])
  if (outcome.status === 'rejected') return outcome.reason
  throw new Error('it did not fail')
}

/** What something throws. */
export function thrownBy (work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}
