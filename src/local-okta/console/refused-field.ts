import { escapeHtml } from '../pages/html.js'
import type { Form } from './form.js'

/** Fields of forms that are called otherwise than the members that a refusal names. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  name: ['claimName', 'scopeName', 'policyName'],
  value: ['claimValue'],
  group_filter_type: ['claimKind'],
  audiences: ['audience'],
  times: ['deliveryTimes'],
  origin: ['trustedOrigin'],
  'events.items': ['event'],
  'channel.config.uri': ['uri'],
  'delivery.endpoint_url': ['url']
}

/** The field of a form that a refusal is about, and what is wrong with it; undefined if the cause names no field. */
export function findRefusedField (cause: string, form: Form): { field: string, rule: string } | undefined {
  const [, member, rule] = /^([\w.]+): (.+)$/s.exec(cause) ?? []
  if (member === undefined || rule === undefined) return undefined
  const names = [...FIELDS[member] ?? [], member]
  // a box that is not ticked is not sent
  return { field: names.find((name) => form.has(name)) ?? names[0] ?? member, rule }
}

/** The label of a field in a page, as `elements.ts` makes it. */
export function findLabel (html: string, field: string): string | undefined {
  const [, label, legend] = new RegExp(`<label for="${field}">([^<]*)</label>|<fieldset id="${field}"><legend>([^<]*)</legend>`).exec(html) ?? []
  return label ?? legend
}

/** Marks a field of a page as the one that is wrong, says why above it, and puts the focus into it. Boxes are not marked. */
export function markRefused (html: string, field: string, rule: string): string {
  const tag = new RegExp(`<(input|textarea|select) id="${field}"[^>]*>`)
  return html.replace(tag, (found) => {
    const described = found.includes(' aria-describedby="') ? found.replace(' aria-describedby="', '$&refused ') : found.replace(' id=', ' aria-describedby="refused"$&')
    return `<p class="refused" id="refused">${escapeHtml(rule)}</p>\n${described.replace(' id=', ' aria-invalid="true" autofocus$&')}`
  })
}
