import type { FastifyInstance } from 'fastify'
import type { DeliveryFault } from '../../kernel/delivery-fault.js'
import { invalid } from '../../kernel/errors.js'
import type { Fault } from '../../kernel/faults.js'
import type { Page } from '../../pages/html.js'
import { actionButton, actionButtons, postForm, section, selectField, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { createDeliveryFaultForm, deliveryFaultOf, deliveryPlaceOf, registerDeliveryFaults } from './delivery-faults.js'
import { createOrgClock, registerOrgClock } from './org-clock.js'
import { createSigningKeys, registerSigningKeys } from './signing-keys.js'

const PATH = `${CONSOLE}/faults` as const
const MAX_DELAY_MS = 600_000

/** What a fault applies to. */
interface Place {
  readonly name: string
  readonly path: RegExp
}

/** How it goes wrong. */
interface Kind {
  readonly name: string
  readonly fault: Omit<Fault, 'path'>
}

const PLACES: Readonly<Record<string, Place>> = {
  all: { name: 'All of Okta', path: /^\// },
  oauth: { name: 'The authorization servers', path: /^\/oauth2\// },
  keys: { name: 'The keys', path: /^\/oauth2\/([^/]+\/)?v1\/keys/ },
  token: { name: 'The token endpoints', path: /^\/oauth2\/([^/]+\/)?v1\/token/ },
  api: { name: 'The Management API', path: /^\/api\/v1\// }
}

const KINDS: Readonly<Record<string, Kind>> = {
  outage: { name: 'Outage: 503', fault: { status: 503 } },
  'rate-limit': { name: 'Too many requests: 429', fault: { status: 429 } },
  latency: { name: 'Latency only', fault: {} },
  hang: { name: 'No answer', fault: { hang: true } },
  drop: { name: 'The connection is closed', fault: { drop: true } }
}

/** Faults: outages, latency and rate limits to try an application with, the clock, and the signing keys. */
export function registerFaultsPage (app: FastifyInstance, parts: ConsoleParts): void {
  const { faults } = parts.control
  const show = (request: PageRequest): Page => faultsPage(parts, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    faults.add(faultIn(form))
    return after('fault-injected', PATH)
  }, show)
  registerDeliveryFaults(app, parts, show)
  registerAction(app, `${PATH}/end`, async ({ form }) => {
    const fault = faults.list()[Number(form.text('fault'))]
    if (fault) faults.remove(fault)
    return after('fault-ended', PATH)
  }, show)
  registerAction(app, `${PATH}/end-all`, async () => {
    faults.clear()
    return after('fault-ended', PATH)
  }, show)
  registerOrgClock(app, parts, show)
  registerSigningKeys(app, parts, show)
}

/** The fault that a form describes. @throws {OktaApiError} 400 E0000001 */
function faultIn (form: Form): Fault {
  const [place, kind] = [choiceIn(form, 'place', PLACES), choiceIn(form, 'kind', KINDS)]
  const [delayMs, times] = [numberIn(form, 'delayMs', 0), numberIn(form, 'times', 1)]
  if (form.text('kind') === 'latency' && !delayMs) throw invalid('delayMs', 'The field cannot be left blank')
  return { path: place.path, ...kind.fault, ...(delayMs === undefined ? {} : { delayMs }), ...(times === undefined ? {} : { times }) }
}

function choiceIn<T> (form: Form, name: string, choices: Readonly<Record<string, T>>): T {
  const choice = Object.hasOwn(choices, form.text(name)) ? choices[form.text(name)] : undefined
  if (choice === undefined) throw invalid(name, `must be one of ${Object.keys(choices).join(', ')}`)
  return choice
}

function numberIn (form: Form, name: string, min: number): number | undefined {
  const text = form.text(name)
  if (text === '') return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < min || number > MAX_DELAY_MS) throw invalid(name, `must be an integer from ${min} to ${MAX_DELAY_MS}`)
  return number
}

function faultsPage (parts: ConsoleParts, request: PageRequest): Page {
  const { control: { faults } } = parts
  const { form, message } = request
  const rows = faults.list().map((fault, index) => [
    placeOf(fault), kindOf(fault), fault.delayMs === undefined ? '' : `${fault.delayMs} ms`, fault.times === undefined ? 'Until it is ended' : `${fault.times} in all`,
    actionButton({ action: `${PATH}/end`, label: 'End', of: `${kindOf(fault)} of ${placeOf(fault)}`, fields: { fault: String(index) } })
  ])
  return createConsolePage({
    title: 'Faults',
    section: PATH,
    message,
    content: [
      section('In force', table('Faults in force', ['Where', 'What', 'Latency', 'Requests', ''], rows, 'Everything works.'),
        rows.length > 0 ? actionButtons([{ action: `${PATH}/end-all`, label: 'End all faults' }]) : undefined),
      section('Inject a fault', markup`<p>See how an application behaves when Okta is slow or unavailable. Faults do not apply to the console.</p>`, injectForm(form)),
      createDeliveryFaultForm(form),
      createOrgClock(parts, request),
      createSigningKeys(parts)
    ]
  })
}

function injectForm (form: Form): Markup {
  return postForm(PATH, [
    selectField('place', 'Where', Object.entries(PLACES).map(([id, { name }]) => [id, name]), form.text('place')),
    selectField('kind', 'What', Object.entries(KINDS).map(([id, { name }]) => [id, name]), form.text('kind')),
    textField({ name: 'delayMs', label: 'Latency in milliseconds', type: 'number', value: form.text('delayMs') }),
    textField({ name: 'times', label: 'Number of requests', type: 'number', value: form.text('times'), hint: 'Leave it blank for all requests until the fault is ended.' })
  ], 'Inject fault')
}

function placeOf (fault: Fault | DeliveryFault): string {
  if ('delivery' in fault) return deliveryPlaceOf(fault)
  const { path, method } = fault
  const place = Object.values(PLACES).find((each) => each.path === path)?.name ?? String(path)
  return method === undefined ? place : `${method} ${place}`
}

function kindOf (fault: Fault | DeliveryFault): string {
  if ('delivery' in fault) return deliveryFaultOf(fault)
  const { status, hang, drop } = fault
  if (drop) return 'The connection is closed'
  if (hang) return 'No answer'
  return status === undefined ? 'Latency' : String(status)
}
