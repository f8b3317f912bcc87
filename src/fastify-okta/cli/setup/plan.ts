import { isNotFound } from '../../okta/directory/directory-failure.js'
import { CommandFailure } from '../exit.js'
import { stringAt, stringsAt } from '../json.js'
import type { PlanContext, Planner, Step } from './step.js'
import { planApp } from './steps/app.js'
import { planAssignments } from './steps/assignments.js'
import { planEventHook } from './steps/event-hook.js'
import { planGroup } from './steps/group.js'
import { planPolicy } from './steps/policy.js'
import { planScope } from './steps/scope.js'
import { planTrustedOrigin } from './steps/trusted-origin.js'

/** In the order in which they are carried out: later ones need the ids of earlier ones. */
const PLANNERS: readonly Planner[] = [planGroup, planApp, planAssignments, planScope, planPolicy, planTrustedOrigin, planEventHook]

/** The authorization server that tokens come from; setup does not create one. */
export interface AuthorizationServer {
  readonly issuer: string
  readonly audience: string
}

export interface Plan {
  readonly server: AuthorizationServer
  readonly steps: readonly Step[]
}

/**
 * Compares the org with what the service needs. Changes nothing.
 *
 * @throws {CommandFailure} something is in the way that setup does not change
 * @throws {DirectoryFailure} the API token may not read something
 */
export async function makePlan (context: PlanContext): Promise<Plan> {
  const found = await findServer(context)
  context.known.serverId = stringAt(found, 'id')
  const steps: Step[] = []
  for (const plan of PLANNERS) steps.push(...await plan(context))
  return { server: { issuer: stringAt(found, 'issuer'), audience: stringsAt(found, 'audiences')[0] ?? '' }, steps }
}

async function findServer ({ api, target: { serverName, issuer } }: PlanContext): Promise<unknown> {
  try {
    return await api.read(`/authorizationServers/${encodeURIComponent(serverName)}`)
  } catch (error) {
    if (!isNotFound(error)) throw error
    const all = await api.readAll('/authorizationServers?limit=200')
    const named = all.find((server) => stringAt(server, 'issuer') === issuer)
    if (named !== undefined) return named
    throw new CommandFailure(`the org has no authorization server "${serverName}"`, { code: 'server', hint: 'create one: Admin Console: Security > API > Authorization Servers; then set OKTA_OAUTH2_ISSUER' })
  }
}
