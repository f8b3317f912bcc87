import type { FastifyInstance } from 'fastify'
import type { Kernel } from '../../kernel/kernel.js'
import type { Page } from '../../pages/html.js'
import { Applications } from '../../resources/apps/store.js'
import { readStream } from '../../resources/ssf/read.js'
import { SsfStreams } from '../../resources/ssf/store.js'
import type { NewStream } from '../../resources/ssf/store.js'
import { SUPPORTED_EVENTS } from '../../resources/ssf/stream.js'
import { checkboxes, disclosure, postForm, section, selectField, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { isClient } from './applications.js'

const PATH = `${CONSOLE}/security-events` as const

/** Security Events: the SSF streams, and a form that creates one. At Okta only the API does. */
export function registerSecurityEventsPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const show = (request: PageRequest): Page => securityEventsPage(kernel, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    const { id } = kernel.store(SsfStreams).create(streamIn(kernel, form))
    return after('stream-created', `${PATH}/${id}`)
  }, show)
}

/** The stream that a form describes, read as the API reads one. @throws {OktaApiError} 400 E0000001; 404 E0000007 */
function streamIn (kernel: Kernel, form: Form): NewStream {
  const [authorization, audience] = [form.text('authorization'), form.text('audience')]
  const settings = readStream({
    events_requested: form.values('event'),
    delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: form.text('url'), authorization_header: authorization === '' ? null : authorization }
  })
  const { id: clientId } = kernel.store(Applications).get(form.text('client'))
  return { ...settings, clientId, audience: audience === '' ? undefined : audience }
}

function securityEventsPage (kernel: Kernel, { form, message }: PageRequest): Page {
  const applications = kernel.store(Applications)
  const rows = kernel.store(SsfStreams).all().map(({ id, clientId, delivery, status }) => [
    markup`<a href="${PATH}/${id}">${id}</a>`, applications.findById(clientId)?.label ?? clientId, delivery.endpointUrl, statusLabel(status.toUpperCase())
  ])
  return createConsolePage({
    title: 'Security Events',
    section: PATH,
    message,
    content: section('All streams',
      markup`<p>A receiver of the Shared Signals Framework (SSF) receives a message when people sign out, and when their credentials change.</p>`,
      disclosure('Create stream', message?.isError === true, createForm(kernel, form)),
      table('Streams', ['Stream', 'Application', 'URL', 'Status'], rows, 'There are no streams.'))
  })
}

function createForm (kernel: Kernel, form: Form): Markup {
  const clients = kernel.store(Applications).all().filter(isClient).map(({ id, label }) => [id, label] as const)
  return postForm(PATH, [
    selectField('client', 'Application', clients, form.text('client')),
    textField({ name: 'url', label: 'URL', type: 'url', value: form.text('url'), hint: 'https, or http on this machine, such as http://127.0.0.1:3000/okta/security-events.', isRequired: true }),
    textField({ name: 'audience', label: 'Audience', value: form.text('audience'), hint: 'The aud of the events. Leave it blank for the origin of the URL.' }),
    textField({ name: 'authorization', label: 'Authorization header', value: form.text('authorization'), hint: 'Sent as the whole value of the Authorization header.' }),
    checkboxes('event', 'Events', SUPPORTED_EVENTS.map((type) => [type, nameOfEvent(type)]), form.has('url') ? form.values('event') : SUPPORTED_EVENTS)
  ], 'Create stream')
}

/** The last part of an event type's URI. */
export function nameOfEvent (type: string): string {
  return type.slice(type.lastIndexOf('/') + 1)
}
