import type { FastifyInstance } from 'fastify'
import { Applications } from '../../resources/apps/store.js'
import { ServerPolicies, ServerRules } from '../../resources/authorization-servers/parts.js'
import { readPolicy } from '../../resources/authorization-servers/read.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { disclosure, postForm, section, selectField, statusLabel, table, textField } from '../elements.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { PageRequest, ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { isClient } from './applications.js'
import { SERVERS } from './authorization-servers.js'

/** Where the pages of access policies are. */
export const POLICIES = `${CONSOLE}/access-policies` as const
const ALL_CLIENTS = ['ALL_CLIENTS', 'All clients'] as const

/** Registers what the form of a server's access policies is posted to. */
export function registerAccessPolicies (app: FastifyInstance, { kernel }: ConsoleParts, show: ShowPage): void {
  const policies = kernel.store(ServerPolicies)
  registerAction(app, `${SERVERS}/:id/policies`, async ({ id, form }) => {
    const others = policies.ofServer(id)
    const { priority = others.length + 1, ...policy } = readPolicy({
      name: form.text('policyName'),
      description: form.text('policyDescription'),
      conditions: { clients: { include: [form.text('policyClient')] } }
    })
    rejectTaken(others, policy.name)
    const created = policies.create({ ...policy, priority, serverId: id, system: false })
    return after('policy-added', `${POLICIES}/${created.id}`)
  }, show)
}

/** Access Policies: who may get tokens of the server. */
export function createAccessPolicies ({ kernel }: ConsoleParts, { id, form, message }: PageRequest): Markup {
  const rows = kernel.store(ServerPolicies).ofServer(id).map((policy) => [
    policy.priority,
    markup`<a href="${POLICIES}/${policy.id}">${policy.name}</a>`,
    clientNames(kernel.store(Applications), policy.conditions.clients.include),
    kernel.store(ServerRules).ofPolicy(policy.id).length,
    statusLabel(policy.status)
  ])
  const clients = kernel.store(Applications).all().filter(isClient).map(({ id: clientId, label }) => [clientId, label] as const)
  return section('Access Policies',
    markup`<p class="quiet small">The first policy for the client decides, by its first rule that fits. Without one there is no token.</p>`,
    table('Access policies', ['Priority', 'Policy', 'Assigned to', 'Rules', 'Status'], rows, 'There are no access policies, so that nobody gets a token.'),
    disclosure('Add Policy', message?.isError === true && form.has('policyName'), postForm(`${SERVERS}/${id}/policies`, [
      textField({ name: 'policyName', label: 'Policy name', value: form.text('policyName'), isRequired: true }),
      textField({ name: 'policyDescription', label: 'Policy description', value: form.text('policyDescription') }),
      selectField('policyClient', 'Assign to', [ALL_CLIENTS, ...clients], form.text('policyClient'))
    ], 'Create policy')))
}

/** The names of the clients that a policy is for. */
export function clientNames (applications: Applications, clientIds: readonly string[]): string {
  return clientIds.map((clientId) => clientId === 'ALL_CLIENTS' ? ALL_CLIENTS[1] : applications.findById(clientId)?.label ?? clientId).join(', ')
}
