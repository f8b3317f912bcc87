import { printable } from '../printable.js'
import { SECURITY_EVENTS_PATH, UNIVERSAL_LOGOUT_PATH } from '../settings/paths.js'
import type { Terminal } from '../terminal.js'
import type { Plan } from './plan.js'
import type { Step, Target } from './step.js'

const STYLES = { create: 'green', update: 'yellow', none: 'dim' } as const satisfies Record<Step['action'], string>
const WIDEST_ID = 10
const WIDEST_ACTION = 6

/** The plan for programs. */
export function stepFacts ({ steps }: Plan): Array<Pick<Step, 'id' | 'action' | 'what'>> {
  return steps.map(({ id, action, what }) => ({ id, action, what }))
}

/** The plan for people. */
export function describePlan ({ steps }: Plan, terminal: Terminal): string {
  const lines = steps.map(({ id, action, what }) => `${terminal.style(STYLES[action], action.padEnd(WIDEST_ACTION))} ${id.padEnd(WIDEST_ID)} ${printable(what)}`)
  const changes = steps.filter(({ action }) => action !== 'none').length
  return [...lines, '', changes === 0 ? 'Nothing to do.' : `${changes} to do: --apply carries them out, --curl prints them as commands.`].join('\n')
}

/** What is left to people. */
export function describeFurtherSteps ({ plan, target: { publicUrl, group }, isVerified, isSecretKnown }: {
  readonly plan: Plan, readonly target: Target, readonly isVerified: boolean, readonly isSecretKnown: boolean
}): string {
  const hasHook = plan.steps.some(({ id, requests, what }) => id === 'eventhook' && (requests.length > 0 || !what.startsWith('no event hook')))
  return [
    'What is left to you:',
    `- put people into the group "${group}": Admin Console: Directory > Groups > ${group} > Assign people`,
    ...(hasHook && !isVerified ? ['- the event hook is verified once the service answers: start it, and run setup --apply again'] : []),
    ...(hasHook && !isSecretKnown ? ['- Okta does not show the secret of the event hook: keep your OKTA_EVENT_HOOK_SECRET, or run setup --apply --new-secret'] : []),
    '- give the service an API token with fewer rights: one of an administrator who may read users and groups, and manage users',
    `- Universal Logout, if wanted: Admin Console: Applications > (app) > Sign On > Logout, to ${publicUrl}${UNIVERSAL_LOGOUT_PATH}; then set OKTA_UNIVERSAL_LOGOUT_CLIENTID`,
    `- security events, if wanted: Okta makes streams for OAuth tokens with ssf.manage only, not for API tokens: POST /api/v1/ssf/stream, to ${publicUrl}${SECURITY_EVENTS_PATH}; then set OKTA_SSF_AUDIENCE`
  ].join('\n')
}
