import type { Kernel } from '../../kernel/kernel.js'
import { isReceiverUrl } from '../../kernel/receiver.js'
import { CLIENT_IDS } from '../../seed.js'
import { Applications } from '../apps/store.js'
import { SsfStreams } from './store.js'
import { SUPPORTED_EVENTS } from './stream.js'
import type { SsfStream } from './stream.js'
import { SsfTransmitter } from './transmitter.js'

/** A copy of a stream, without the authorization header. */
export type LocalOktaStream = Readonly<Pick<SsfStream, 'id' | 'clientId' | 'audience' | 'status' | 'eventsRequested'> & { url: string }>

/** Where security events are delivered to. */
export interface NewLocalOktaStream {
  /** Of the receiver's app, or `browser`, `native`, `service` or `management`. An app has one stream. */
  clientId: string
  url: string
  /** The `aud` of the events. Default: the origin of `url`. */
  audience?: string
  /** Sent as the whole value of `Authorization`. Default: no such header. */
  authorization?: string
  /** Default: all that Okta transmits. */
  eventsRequested?: string[]
}

/** The SSF streams of a local Okta, for tests: past the HTTP API and its rules. */
export interface LocalOktaSecurityEvents {
  /**
   * Creates a stream; from then on it gets events.
   *
   * @throws {TypeError} for an unknown app, and for a URL that is neither https nor on the loopback
   * @throws {Error} if the app has a stream, or the org has ten
   */
  register (stream: NewLocalOktaStream): LocalOktaStream
  list (): LocalOktaStream[]
  /** Events of a disabled stream are lost. @throws {Error} for an unknown stream */
  setStatus (id: string, status: SsfStream['status']): void
  /** Sends a verification event. @throws {Error} for an unknown stream */
  verify (id: string, state?: string): void
  /** @throws {Error} for an unknown stream */
  delete (id: string): void
}

/** Makes the programmatic API of the SSF streams. */
export function createLocalSecurityEvents (kernel: Kernel): LocalOktaSecurityEvents {
  const streams = kernel.store(SsfStreams)
  return {
    register: ({ clientId, url, audience, authorization = null, eventsRequested = SUPPORTED_EVENTS }) => {
      const app = kernel.store(Applications).find((CLIENT_IDS as Record<string, string>)[clientId] ?? clientId)
      if (!app) throw new TypeError(`this org has no app ${clientId}`)
      if (!isReceiverUrl(url)) throw new TypeError('url must be https, or http on the loopback')
      const delivery = { method: 'urn:ietf:rfc:8935', endpointUrl: url, authorizationHeader: authorization } as const
      return copy(streams.create({ clientId: app.id, audience, eventsRequested: [...eventsRequested], delivery }))
    },
    list: () => streams.all().map(copy),
    setStatus: (id, status) => { streams.setStatus(streams.get(id), status) },
    verify: (id, state) => { kernel.store(SsfTransmitter).verify(streams.get(id), state) },
    delete: (id) => { streams.delete(streams.get(id)) }
  }
}

function copy ({ id, clientId, audience, status, eventsRequested, delivery: { endpointUrl } }: SsfStream): LocalOktaStream {
  return { id, clientId, audience, status, eventsRequested: [...eventsRequested], url: endpointUrl }
}
