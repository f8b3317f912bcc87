import { randomBytes } from 'node:crypto'
import { Deliveries } from '../../kernel/deliveries.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ReceiverRequest } from '../../kernel/receiver.js'
import type { ClaimSet } from '../../tokens/claims.js'
import { signMessage } from '../../tokens/sign-message.js'
import { toSecurityEvent } from './security-event.js'
import { SsfStreams } from './store.js'
import { VERIFICATION } from './stream.js'
import type { SsfStream } from './stream.js'
import { deliveredEvents } from './view.js'

/** RFC 8935 section 2.2: a receiver acknowledges with this, and with nothing else. */
const ACKNOWLEDGED = [202]

/** Pushes security event tokens (RFC 8417) to the streams, by RFC 8935: one event in each. */
export class SsfTransmitter {
  readonly #kernel: Kernel
  readonly #streams: SsfStreams

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#streams = kernel.store(SsfStreams)
    kernel.log.subscribe((event) => {
      const securityEvent = toSecurityEvent(kernel.orgUrl, event)
      if (!securityEvent) return
      const { type, event: members } = securityEvent
      for (const stream of this.#streams.all()) {
        if (stream.status === 'enabled' && deliveredEvents(stream).includes(type)) this.#send(stream, type, { events: { [type]: members } })
      }
    })
  }

  /** Sends a verification event, with the receiver's `state` if there is one. Does NOT wait for its delivery. */
  verify (stream: SsfStream, state: string | undefined): void {
    const event = state === undefined ? {} : { state }
    this.#send(stream, VERIFICATION, { sub_id: { format: 'opaque', id: stream.id }, events: { [VERIFICATION]: event } })
  }

  #send (stream: SsfStream, eventType: string, claims: ClaimSet): void {
    this.#kernel.store(Deliveries).send({
      kind: 'security-event',
      receiverId: stream.id,
      eventTypes: [eventType],
      acceptedStatuses: ACKNOWLEDGED,
      createRequest: async (isWronglySigned) => this.#createRequest(stream, claims, isWronglySigned)
    })
  }

  async #createRequest ({ audience, delivery }: SsfStream, claims: ClaimSet, isWronglySigned: boolean): Promise<ReceiverRequest> {
    const { endpointUrl, authorizationHeader } = delivery
    const common = { iss: this.#kernel.orgUrl, aud: audience, jti: randomBytes(16).toString('hex'), iat: Math.floor(this.#kernel.clock.now() / 1000) }
    const body = await signMessage(this.#kernel, { typ: 'secevent+jwt', claims: { ...common, ...claims }, isWronglySigned })
    return {
      url: endpointUrl,
      method: 'POST',
      headers: [
        ['content-type', 'application/secevent+jwt'],
        ['accept', 'application/json'],
        ...(authorizationHeader === null ? [] : [['authorization', authorizationHeader] as const])
      ],
      body
    }
  }
}
