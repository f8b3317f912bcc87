import type { FastifyInstance } from 'fastify'
import { Deliveries } from '../../kernel/deliveries.js'
import type { Page } from '../../pages/html.js'
import { Applications } from '../../resources/apps/store.js'
import { SsfStreams } from '../../resources/ssf/store.js'
import type { SsfStream } from '../../resources/ssf/stream.js'
import { SsfTransmitter } from '../../resources/ssf/transmitter.js'
import { deliveriesTable } from '../deliveries.js'
import { actionButtons, code, facts, section, statusLabel } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { nameOfEvent } from './security-events.js'

const STREAMS = `${CONSOLE}/security-events` as const

/** One SSF stream: verify, enable, delete, and its deliveries. */
export function registerSecurityEventStreamPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const [streams, deliveries] = [kernel.store(SsfStreams), kernel.store(Deliveries)]
  const show = ({ id, message }: PageRequest): Page => {
    const stream = streams.get(id)
    const label = kernel.store(Applications).findById(stream.clientId)?.label ?? stream.clientId
    const made = deliveries.all().filter(({ receiverId }) => receiverId === id)
    return createConsolePage({ title: `Stream of ${label}`, section: STREAMS, message, content: [settings(stream, label), deliveriesTable(made)] })
  }
  const path = `${STREAMS}/:id`
  registerPage(app, path, show)
  registerAction(app, `${path}/verify`, async ({ id }) => {
    kernel.store(SsfTransmitter).verify(streams.get(id), undefined)
    // its result belongs into the table of deliveries
    await deliveries.settled()
    return after('verification-sent', `${STREAMS}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    streams.setStatus(streams.get(id), form.text('status') === 'enabled' ? 'enabled' : 'disabled')
    return after('status-changed', `${STREAMS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    streams.delete(streams.get(id))
    return after('stream-deleted', STREAMS)
  }, show)
}

function settings ({ id, clientId, audience, status, eventsRequested, delivery }: SsfStream, label: string): Markup {
  const path = `${STREAMS}/${id}`
  const [next, change] = status === 'enabled' ? ['disabled', 'Disable'] : ['enabled', 'Enable']
  return section('Stream', facts([
    ['Status', statusLabel(status.toUpperCase())],
    ['Stream ID', code(id)],
    ['Application', markup`<a href="${CONSOLE}/applications/${clientId}">${label}</a>`],
    ['URL', code(delivery.endpointUrl)],
    ['Audience', code(audience)],
    ['Authorization header', delivery.authorizationHeader === null ? 'None' : 'Sent'],
    ['Events', eventsRequested.map((type) => markup`<div>${nameOfEvent(type)}</div>`)]
  ]), actionButtons([
    { action: `${path}/verify`, label: 'Send verification event' },
    { action: `${path}/status`, label: change, fields: { status: next } },
    { action: `${path}/delete`, label: 'Delete', look: 'danger' }
  ]))
}
