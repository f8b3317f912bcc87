import { notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import { Applications } from '../apps/store.js'
import type { SsfStream, StreamSettings } from './stream.js'

const MAX_STREAMS = 10

/** The event types of changes of streams. Event hooks cannot get them. The display messages are unconfirmed. */
export const SSF_EVENT_TYPES = {
  'security.events.transmitter.create': 'Create SSF stream',
  'security.events.transmitter.delete': 'Delete SSF stream',
  'security.events.transmitter.update': 'Update SSF stream'
} as const

/** What makes a stream. */
export interface NewStream extends StreamSettings {
  readonly clientId: string
  /** Default: the origin of the endpoint. How Okta chooses the audience is unconfirmed. */
  readonly audience?: string | undefined
}

/** The SSF streams of the org: one for each client, and at most ten. */
export class SsfStreams extends Store<SsfStream> {
  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(Applications).onDelete(({ id }) => {
      const stream = this.findOfClient(id)
      if (stream) this.remove(stream.id)
    })
  }

  /** Adds a stream, enabled. @throws {OktaApiError} 409 E0000195 if the client has one, or the org has ten */
  create ({ clientId, audience, ...settings }: NewStream): SsfStream {
    if (this.findOfClient(clientId)) throw new OktaApiError('E0000195', `a stream exists for the client ${clientId}`)
    // which code Okta gives for the eleventh is unconfirmed
    if (this.all().length >= MAX_STREAMS) throw new OktaApiError('E0000195', `the org has ${MAX_STREAMS} streams, the maximum`)
    return this.#announce('create', this.insert({
      ...settings, id: createId('esc'), clientId, audience: audience ?? new URL(settings.delivery.endpointUrl).origin, status: 'enabled'
    }))
  }

  /** The stream of a client, or undefined. */
  findOfClient (clientId: string): SsfStream | undefined {
    return this.all().find((stream) => stream.clientId === clientId)
  }

  /** The stream with this id. @throws {OktaApiError} 404 E0000007 */
  get (id: string): SsfStream {
    const stream = this.findById(id)
    if (!stream) throw notFound(id, 'Stream')
    return stream
  }

  update ({ id }: SsfStream, settings: StreamSettings): SsfStream {
    return this.#announce('update', this.change(id, settings))
  }

  setStatus ({ id }: SsfStream, status: SsfStream['status']): SsfStream {
    return this.#announce('update', this.change(id, { status }))
  }

  delete ({ id }: SsfStream): void {
    const stream = this.remove(id)
    if (stream) this.#announce('delete', stream)
  }

  #announce (change: 'create' | 'update' | 'delete', stream: SsfStream): SsfStream {
    const { id, clientId } = stream
    this.kernel.log.announce(`security.events.transmitter.${change}`, { id, type: 'SSFStream', alternateId: clientId, displayName: id })
    return stream
  }
}
