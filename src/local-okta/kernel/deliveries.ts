import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryFault, DeliveryKind } from './delivery-fault.js'
import { Faults } from './faults.js'
import type { Kernel } from './kernel.js'
import { callReceiver } from './receiver.js'
import type { ReceiverRequest } from './receiver.js'

/** Beyond these deliveries are lost, as they may be with Okta: a receiver that hangs must not fill the memory. */
const MAX_PENDING = 500
/** Beyond these the oldest deliveries are no longer known. */
const MAX_RECORDS = 500

/** A delivery that has been made, or lost. Does NOT hold what was sent. */
export interface Delivery {
  readonly kind: DeliveryKind
  /** The id of the event hook, the app or the stream. */
  readonly receiverId: string
  readonly at: string
  readonly eventTypes: readonly string[]
  /** What the receiver has answered at last; undefined if it has not, or was not called. */
  readonly status: number | undefined
  /** `lost`: by an injected fault, without calling the receiver. */
  readonly result: 'delivered' | 'failed' | 'lost'
}

/** Something to deliver. */
export interface Message {
  readonly kind: DeliveryKind
  readonly receiverId: string
  readonly eventTypes: readonly string[]
  /** Statuses with which the receiver accepts it. Default: any 2xx. */
  readonly acceptedStatuses?: readonly number[]
  /** Makes the request. Every copy of a delivery is the same request. */
  readonly createRequest: (isWronglySigned: boolean) => Promise<ReceiverRequest>
  /** True if the second attempt needs a request of its own, for a credential that is good for one. Default: the same again. */
  readonly isRenewed?: boolean
  /** Called with the result of the delivery; after a delivery in several copies, with that of the last. */
  readonly onResult?: (delivery: Delivery) => void
}

interface Outgoing {
  readonly message: Message
  readonly fault: DeliveryFault | undefined
}

/**
 * Delivers messages to receivers, with the faults that are in force. No change of the org waits for a delivery or fails with
 * it: as with Okta, what cannot be delivered is lost.
 */
export class Deliveries {
  readonly #kernel: Kernel
  readonly #faults: Faults
  readonly #stopped = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  #held: Outgoing[] = []
  #records: Delivery[] = []

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#faults = kernel.store(Faults)
  }

  /** Aborted when the org stops. */
  get stopped (): AbortSignal {
    return this.#stopped.signal
  }

  /** Starts to deliver a message. */
  send (message: Message): void {
    if (this.stopped.aborted || this.#pending.size >= MAX_PENDING) return
    const outgoing = { message, fault: this.#faults.takeForDelivery(message.kind) }
    if (outgoing.fault?.outOfOrder) {
      this.#held.push(outgoing)
      return
    }
    const waiting = this.#held.filter((held) => held.message.kind === message.kind).toReversed()
    this.#held = this.#held.filter((held) => held.message.kind !== message.kind)
    const delivery = this.#deliverInOrder([outgoing, ...waiting]).catch(() => {}).finally(() => { this.#pending.delete(delivery) })
    this.#pending.add(delivery)
  }

  /** The newest 500 deliveries, oldest first. */
  all (): readonly Delivery[] {
    return this.#records
  }

  /** Waits until everything that has happened so far is delivered, or lost. Not for what a fault holds back. */
  async settled (): Promise<void> {
    do {
      // events of one turn of the event loop are delivered at the end of it
      await nextTurn()
      await Promise.all(this.#pending)
    } while (this.#pending.size > 0)
  }

  /** Drops the record, and what a fault holds back. */
  clear (): void {
    this.#records = []
    this.#held = []
  }

  /** Aborts what is under way, and delivers nothing from now on. */
  stop (): void {
    this.#stopped.abort()
  }

  async #deliverInOrder (batch: readonly Outgoing[]): Promise<void> {
    for (const outgoing of batch) await this.#deliver(outgoing)
  }

  async #deliver ({ message, fault }: Outgoing): Promise<void> {
    const { delayMs = 0, copies = 1 } = fault ?? {}
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false, signal: this.stopped })
    if (fault?.lost) {
      message.onResult?.(this.#record(message, 'lost'))
      return
    }
    const create = async (): Promise<ReceiverRequest> => message.createRequest(fault?.wronglySigned === true)
    const request = await create()
    for (let copy = 1; copy <= copies; copy++) {
      const status = (await callReceiver(request, this.stopped, message.isRenewed ? create : undefined))?.status
      const delivery = this.#record(message, isAccepted(message, status) ? 'delivered' : 'failed', status)
      if (copy === copies) message.onResult?.(delivery)
    }
  }

  #record ({ kind, receiverId, eventTypes }: Message, result: Delivery['result'], status?: number): Delivery {
    const delivery = { kind, receiverId, at: this.#kernel.clock.timestamp(), eventTypes, status, result }
    this.#records.push(delivery)
    if (this.#records.length > MAX_RECORDS) this.#records.shift()
    return delivery
  }
}

function isAccepted ({ acceptedStatuses }: Message, status = 0): boolean {
  return acceptedStatuses === undefined ? status >= 200 && status < 300 : acceptedStatuses.includes(status)
}
