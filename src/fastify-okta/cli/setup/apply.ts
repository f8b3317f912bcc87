import { DirectoryFailure } from '../../okta/directory/directory-failure.js'
import { CommandFailure } from '../exit.js'
import { stringAt } from '../json.js'
import { describeAnswer } from '../management-api.js'
import type { Ids, PlanContext, Step } from './step.js'

/**
 * Carries out a plan, step by step. If one fails, what was done stays, and the next run goes on from there.
 *
 * @param onStep called with each step that changes something, before it is carried out
 * @throws {CommandFailure} naming the step that failed
 */
export async function applyPlan (steps: readonly Step[], context: PlanContext, onStep: (step: Step) => void): Promise<void> {
  const { api, known } = context
  for (const step of steps.filter(({ action }) => action !== 'none')) {
    onStep(step)
    try {
      for (const { method, build, stores } of step.requests) {
        const { path, body } = build(known as Ids)
        const answer = await api.write(method, path, body)
        if (stores !== undefined) known[stores] = stringAt(answer, 'id')
      }
    } catch (error) {
      throw toFailure(error, step)
    }
  }
}

/** Asks Okta to verify the event hook if it is not, which succeeds only while the service answers. Whether it is verified. */
export async function verifyEventHook ({ api, known: { hookId } }: PlanContext): Promise<boolean> {
  if (hookId === undefined) return false
  try {
    if (stringAt(await api.read(`/eventHooks/${hookId}`), 'verificationStatus') === 'VERIFIED') return true
    await api.write('POST', `/eventHooks/${hookId}/lifecycle/verify`)
    return true
  } catch (error) {
    if (error instanceof DirectoryFailure) return false
    throw error
  }
}

function toFailure (error: unknown, { id, what }: Step): unknown {
  if (!(error instanceof DirectoryFailure)) return error
  return new CommandFailure(`${id} failed (${describeAnswer(error)}): ${what}`, { code: 'step', hint: 'run it again once that is settled: it goes on from here', cause: error })
}
