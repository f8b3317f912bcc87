import type { FastifyInstance } from 'fastify'
import { Deliveries } from '../../kernel/deliveries.js'
import { invalid } from '../../kernel/errors.js'
import type { Page } from '../../pages/html.js'
import { EventDeliveries } from '../../resources/event-hooks/deliveries.js'
import { EventHooks } from '../../resources/event-hooks/store.js'
import type { EventHook } from '../../resources/event-hooks/store.js'
import { deliveriesTable } from '../deliveries.js'
import { actionButtons, code, facts, section, statusLabel } from '../elements.js'
import type { Action } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const HOOKS = `${CONSOLE}/event-hooks` as const

/** One event hook: verify, activate, delete, and its deliveries. */
export function registerEventHookPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const [hooks, eventDeliveries, deliveries] = [kernel.store(EventHooks), kernel.store(EventDeliveries), kernel.store(Deliveries)]
  const show = ({ id, message }: PageRequest): Page => {
    const hook = hooks.get(id)
    return createConsolePage({
      title: hook.name, section: HOOKS, message, content: [settings(hook), deliveriesTable(deliveries.all().filter(({ receiverId }) => receiverId === id))]
    })
  }
  const path = `${HOOKS}/:id`
  registerPage(app, path, show)
  registerAction(app, `${path}/verify`, async ({ id }) => {
    if (!await eventDeliveries.verify(hooks.get(id))) throw invalid('channel.config.uri', 'The URL does not answer the challenge of the verification')
    return after('hook-verified', `${HOOKS}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    hooks.setStatus(hooks.get(id), form.text('status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE')
    return after('status-changed', `${HOOKS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    hooks.deleteInactive(hooks.get(id))
    return after('hook-deleted', HOOKS)
  }, show)
}

function settings (hook: EventHook): Markup {
  const { id, status, verificationStatus, channel, eventTypes, filters } = hook
  const path = `${HOOKS}/${id}`
  const actions: Action[] = [
    { action: `${path}/verify`, label: 'Verify' },
    status === 'ACTIVE'
      ? { action: `${path}/status`, label: 'Deactivate', fields: { status: 'INACTIVE' } }
      : { action: `${path}/status`, label: 'Activate', fields: { status: 'ACTIVE' } },
    ...(status === 'ACTIVE' ? [] : [{ action: `${path}/delete`, label: 'Delete', look: 'danger' } as const])
  ]
  return section('Event hook', facts([
    ['Status', statusLabel(status)],
    ['Verification', statusLabel(verificationStatus)],
    ['URL', code(channel.uri)],
    ['Authentication', channel.authScheme === null ? 'None' : `The header ${channel.authScheme.key}`],
    ['Events', eventTypes.map((type) => markup`<div>${type}</div>`)],
    ...(filters.length === 0 ? [] : [['Filters', filters.map(({ eventType, expression }) => markup`<div>${eventType}: ${code(expression)}</div>`)] as const])
  ]), unverifiedNote(hook), actionButtons(actions))
}

function unverifiedNote ({ verificationStatus }: EventHook): Content {
  if (verificationStatus === 'VERIFIED') return undefined
  return markup`<p>The URL has not answered the challenge yet, so nothing is delivered. Start the service that listens there, then verify.</p>`
}
