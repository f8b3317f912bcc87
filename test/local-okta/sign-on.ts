import type { Call } from './management-api.js'
import type { LocalOkta } from 'local-okta'

/** The answer of the questions that {@link enrollQuestion} enrolls. */
export const ANSWER = 'mayonnaise'

/** Adds a rule to the org's own sign-on policy. */
export async function addSignOnRule (call: Call, rule: object): Promise<void> {
  const [policy] = (await call('GET', 'policies?type=OKTA_SIGN_ON')).body as Array<{ id: string }>
  await call('POST', `policies/${policy?.id}/rules`, { type: 'SIGN_ON', name: `Rule ${Math.random()}`, ...rule })
}

/** Gives an app an access policy with one rule. */
export async function setAccessPolicy (call: Call, appId: string, rule: object): Promise<void> {
  const { body: policy } = await call('POST', 'policies', { type: 'ACCESS_POLICY', name: `Policy ${Math.random()}`, description: 'For a test' })
  await call('POST', `policies/${policy.id}/rules`, { type: 'ACCESS_POLICY', name: 'The rule', ...rule })
  await call('PUT', `apps/${appId}/policies/${policy.id}`)
}

/** Enrolls a security question. */
export async function enrollQuestion (call: Call, login: string): Promise<string> {
  return (await call('POST', `users/${login}/factors`, { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: ANSWER } })).body.id
}

/** The code of the newest message. */
export function sentCode (localOkta: LocalOkta): string {
  const { stores } = localOkta.snapshot() as unknown as { stores: { Messages: Array<{ code: string }> } }
  return stores.Messages.at(-1)?.code ?? ''
}
