import type { FastifyInstance } from 'fastify'
import type { Kernel } from '../../kernel/kernel.js'
import type { Page } from '../../pages/html.js'
import { EventDeliveries } from '../../resources/event-hooks/deliveries.js'
import { completeHook, isHookEligible, readEventHook } from '../../resources/event-hooks/read.js'
import { EventHooks } from '../../resources/event-hooks/store.js'
import type { NewEventHook } from '../../resources/event-hooks/store.js'
import { checkboxes, disclosure, postForm, section, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const PATH = `${CONSOLE}/event-hooks` as const

/** Event Hooks: a list, and a form that creates one. */
export function registerEventHooksPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const [hooks, deliveries] = [kernel.store(EventHooks), kernel.store(EventDeliveries)]
  const show = (request: PageRequest): Page => eventHooksPage(kernel, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    const hook = hooks.create(hookIn(form))
    const isVerified = await deliveries.verify(hook)
    // the hook's own page says what to do about one that is not verified
    return `${PATH}/${hook.id}${isVerified ? '?done=hook-verified' : ''}`
  }, show)
}

/** The hook that a form describes, read as the API reads one. @throws {OktaApiError} 400 E0000001 */
function hookIn (form: Form): NewEventHook {
  const secret = form.text('secret')
  const authScheme = secret === '' ? {} : { authScheme: { type: 'HEADER', key: 'Authorization', value: secret } }
  return completeHook(readEventHook({
    name: form.text('name'),
    events: { type: 'EVENT_TYPE', items: form.values('event') },
    channel: { type: 'HTTP', version: '1.0.0', config: { uri: form.text('uri'), ...authScheme } }
  }))
}

function eventHooksPage (kernel: Kernel, { form, message }: PageRequest): Page {
  const rows = kernel.store(EventHooks).all().map((hook) => [
    markup`<a href="${PATH}/${hook.id}">${hook.name}</a>`, hook.channel.uri, statusLabel(hook.status), statusLabel(hook.verificationStatus)
  ])
  return createConsolePage({
    title: 'Event Hooks',
    section: PATH,
    message,
    content: section('All event hooks',
      disclosure('Create Event Hook', message?.isError === true, createForm(kernel, form)),
      table('Event hooks', ['Event hook', 'URL', 'Status', 'Verification'], rows, 'There are no event hooks.'))
  })
}

function createForm (kernel: Kernel, form: Form): Markup {
  const eventTypes = kernel.log.eventTypes().filter(isHookEligible)
  return postForm(PATH, [
    textField({ name: 'name', label: 'Name', value: form.text('name'), isRequired: true }),
    textField({ name: 'uri', label: 'URL', value: form.text('uri'), type: 'url', hint: 'https, or http on this machine, such as http://127.0.0.1:3000/okta/events.', isRequired: true }),
    textField({ name: 'secret', label: 'Authentication secret', value: form.text('secret'), hint: 'Sent as the whole value of the Authorization header.' }),
    checkboxes('event', 'Events', eventTypes.map((type) => [type, type]), form.has('name') ? form.values('event') : eventTypes)
  ], 'Save & Continue')
}
