import { invalid } from '../../kernel/errors.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import { EventDeliveries } from './deliveries.js'
import { completeHook, readEventHook } from './read.js'
import { EventHooks } from './store.js'
import type { EventHook } from './store.js'
import { toEventHookView } from './view.js'

const READ = 'okta.eventHooks.read'
const MANAGE = 'okta.eventHooks.manage'

const { route } = routesOn({ hooks: EventHooks, deliveries: EventDeliveries })

/** `/eventHooks`: where the org's events go. */
export const eventHookRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/eventHooks',
    scope: READ,
    answer: ({ hooks, orgUrl }) => hooks.all().map((hook) => toEventHookView(orgUrl, hook))
  }),
  route({
    method: 'POST',
    path: '/eventHooks',
    scope: MANAGE,
    body: readEventHook,
    answer: ({ hooks, orgUrl }, { body, principal }) => toEventHookView(orgUrl, hooks.create(completeHook(body), principal.userId))
  }),
  route({
    method: 'GET',
    path: '/eventHooks/{eventHookId}',
    scope: READ,
    answer: ({ hooks, orgUrl }, request) => toEventHookView(orgUrl, hookOf(hooks, request))
  }),
  route({
    method: 'PUT',
    path: '/eventHooks/{eventHookId}',
    scope: MANAGE,
    body: readEventHook,
    answer: ({ hooks, orgUrl }, request) => {
      const hook = hookOf(hooks, request)
      return toEventHookView(orgUrl, hooks.replace(hook, completeHook(request.body, hook)))
    }
  }),
  route({
    method: 'DELETE',
    path: '/eventHooks/{eventHookId}',
    scope: MANAGE,
    status: 204,
    answer: ({ hooks }, request) => { hooks.deleteInactive(hookOf(hooks, request)) }
  }),
  ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
    method: 'POST',
    path: `/eventHooks/{eventHookId}/lifecycle/${operation}`,
    scope: MANAGE,
    answer: ({ hooks, orgUrl }, request) => toEventHookView(orgUrl, hooks.setStatus(hookOf(hooks, request), status))
  })),
  route({
    method: 'POST',
    path: '/eventHooks/{eventHookId}/lifecycle/verify',
    scope: MANAGE,
    answer: async ({ hooks, deliveries, orgUrl }, request) => {
      if (!await deliveries.verify(hookOf(hooks, request))) throw invalid('uri', 'The endpoint does not answer the verification challenge')
      return toEventHookView(orgUrl, hookOf(hooks, request))
    }
  })
]

function hookOf (hooks: EventHooks, { params }: ApiRequest): EventHook {
  return hooks.get(params['eventHookId'] ?? '')
}
