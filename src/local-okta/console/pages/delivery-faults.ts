import type { FastifyInstance } from 'fastify'
import type { DeliveryFault, DeliveryKind } from '../../kernel/delivery-fault.js'
import { invalid } from '../../kernel/errors.js'
import { readFault } from '../../kernel/faults.js'
import type { Fault } from '../../kernel/faults.js'
import { postForm, section, selectField, textField } from '../elements.js'
import type { Form } from '../form.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const FAULTS = `${CONSOLE}/faults` as const
const PATH = `${FAULTS}/deliveries` as const
const LATE_MS = 5000

const DELIVERIES: Readonly<Record<DeliveryKind | 'all', string>> = {
  all: 'All deliveries',
  'event-hook': 'Event hooks',
  'universal-logout': 'Universal Logout',
  'security-event': 'Security events'
}

const KINDS: Readonly<Record<string, { readonly name: string, readonly fault: Omit<DeliveryFault, 'delivery'> }>> = {
  late: { name: 'Late', fault: { delayMs: LATE_MS } },
  twice: { name: 'Twice', fault: { copies: 2 } },
  'out-of-order': { name: 'Out of order', fault: { outOfOrder: true } },
  lost: { name: 'Lost', fault: { lost: true } },
  'wrongly-signed': { name: 'Wrongly signed', fault: { wronglySigned: true } }
}

/** Registers the form that injects faults into deliveries. */
export function registerDeliveryFaults (app: FastifyInstance, { control: { faults } }: ConsoleParts, show: ShowPage): void {
  registerAction(app, PATH, async ({ form }) => {
    faults.add(faultIn(form))
    return after('fault-injected', FAULTS)
  }, show)
}

/** @throws {OktaApiError} 400 E0000001 */
function faultIn (form: Form): Fault | DeliveryFault {
  const kind = Object.hasOwn(KINDS, form.text('deliveryFault')) ? KINDS[form.text('deliveryFault')] : undefined
  if (kind === undefined) throw invalid('deliveryFault', `must be one of ${Object.keys(KINDS).join(', ')}`)
  const times = form.text('deliveryTimes')
  if ('outOfOrder' in kind.fault && times === '') throw invalid('deliveryTimes', `is required for ${kind.name}`)
  return readFault({ delivery: form.text('delivery'), ...kind.fault, ...(times === '' ? {} : { times: Number(times) }) })
}

/** The form. */
export function createDeliveryFaultForm (form: Form): Markup {
  return section('Inject a fault into deliveries',
    markup`<p>See how a receiver behaves when messages of Okta are late (by ${LATE_MS / 1000} s), come twice or in another order, get lost, or are not signed by Okta.</p>`,
    postForm(PATH, [
      selectField('delivery', 'Deliveries', Object.entries(DELIVERIES), form.text('delivery')),
      selectField('deliveryFault', 'Fault', Object.entries(KINDS).map(([id, { name }]) => [id, name]), form.text('deliveryFault')),
      textField({ name: 'deliveryTimes', label: 'Number of deliveries', type: 'number', value: form.text('deliveryTimes'), hint: 'Leave it blank for all until the fault is ended. Out of order needs a number: so many are held back, and follow the next one.' })
    ], 'Inject delivery fault'))
}

/** Which deliveries a fault applies to. */
export function deliveryPlaceOf ({ delivery }: DeliveryFault): string {
  return DELIVERIES[delivery]
}

/** How they go wrong. */
export function deliveryFaultOf ({ copies = 1, lost, outOfOrder, wronglySigned, delayMs = 0 }: DeliveryFault): string {
  const kinds = [
    ...(lost ? ['Lost'] : []),
    ...(copies > 1 ? [copies === 2 ? 'Twice' : `${copies} times`] : []),
    ...(outOfOrder ? ['Out of order'] : []),
    ...(wronglySigned ? ['Wrongly signed'] : []),
    ...(delayMs > 0 ? ['Late'] : [])
  ]
  return kinds.join(', ')
}
