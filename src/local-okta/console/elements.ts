import { markup } from './markup.js'
import type { Content, Markup } from './markup.js'

/** A field of a form. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly type?: 'text' | 'email' | 'url' | 'number' | 'search'
  readonly hint?: string
  readonly isRequired?: boolean
}

/** A field for one line. */
export function textField ({ name, label, value = '', type = 'text', hint, isRequired = false }: Field): Markup {
  return markup`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" spellcheck="false"${isRequired ? markup` required` : undefined}${hint === undefined ? undefined : markup` aria-describedby="${name}-hint"`}>
${hintOf(name, hint)}</div>
`
}

const MIN_LINES = 3
/** More boxes than this are set in columns. */
const MAX_BOXES_IN_A_LINE = 12

/** A field for several lines. */
export function linesField ({ name, label, value = '', hint }: Field): Markup {
  return markup`<div class="field"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="${Math.max(MIN_LINES, value.split('\n').length + 1)}" spellcheck="false"${hint === undefined ? undefined : markup` aria-describedby="${name}-hint"`}>
${value}</textarea>
${hintOf(name, hint)}</div>
`
}

function hintOf (name: string, hint: string | undefined): Content {
  return hint === undefined ? undefined : markup`<p class="hint" id="${name}-hint">${hint}</p>`
}

/** A choice: its value, and its name. */
export type Option = readonly [value: string, name: string]

/** A field to choose one of several in. */
export function selectField (name: string, label: string, options: readonly Option[], chosen?: string): Markup {
  return markup`<div class="field"><label for="${name}">${label}</label>
<select id="${name}" name="${name}">
${options.map(([value, text]) => markup`<option value="${value}"${value === chosen ? markup` selected` : undefined}>${text}</option>
`)}</select></div>
`
}

/** A group of boxes to tick. */
export function checkboxes (name: string, legend: string, options: readonly Option[], chosen: readonly string[]): Markup {
  return markup`<fieldset id="${name}"><legend>${legend}</legend><div class="choices${options.length > MAX_BOXES_IN_A_LINE ? ' columns' : ''}">
${options.map(([value, text]) => markup`<label><input type="checkbox" name="${name}" value="${value}"${chosen.includes(value) ? markup` checked` : undefined}>${text}</label>
`)}</div></fieldset>
`
}

/** A form that is posted. */
export function postForm (action: string, fields: Content, button: string): Markup {
  return markup`<form method="post" action="${action}">
${fields}<button type="submit">${button}</button>
</form>
`
}

/** A form that only shows what has been asked for. */
export function searchForm (action: string, label: string, q: string): Markup {
  return markup`<form class="search" method="get" action="${action}" role="search">
${textField({ name: 'q', label, value: q, type: 'search' })}<button type="submit" class="second">Search</button>
</form>
`
}

/** A button that posts a form of its own. */
export interface Action {
  readonly action: string
  readonly label: string
  /** Which of several things with such a button, for a screen reader. */
  readonly of?: string
  /** Posted with the form. */
  readonly fields?: Readonly<Record<string, string>>
  readonly look?: 'second' | 'danger'
}

/** A button that posts a form of its own. */
export function actionButton ({ action, label, of, fields = {}, look = 'second' }: Action): Markup {
  return markup`<form method="post" action="${action}">${
    Object.entries(fields).map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)
  }<button type="submit" class="${look}">${label}${of === undefined ? undefined : markup`<span class="visually-hidden"> ${of}</span>`}</button></form>`
}

/** Several of those, side by side. */
export function actionButtons (actions: readonly Action[]): Markup {
  return markup`<div class="actions">${actions.map((action) => actionButton(action))}</div>`
}

/** A table; a column without a name holds buttons. The roles are for narrow windows, in which its cells are blocks. */
export function table (caption: string, columns: readonly string[], rows: ReadonlyArray<readonly Content[]>, empty: string): Markup {
  if (rows.length === 0) return markup`<p class="quiet">${empty}</p>`
  return markup`<table role="table"><caption class="visually-hidden">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => column === '' ? markup`<td role="cell"></td>` : markup`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => markup`<tr role="row">${cells.map((cell, index) => markup`<td role="cell"${labelOf(columns[index])}>${cell}</td>`)}</tr>
`)}</tbody></table>
`
}

function labelOf (column = ''): Content {
  return column === '' ? markup` class="action"` : markup` data-label="${column}"`
}

/** Names and values. */
export function facts (entries: ReadonlyArray<readonly [name: string, value: Content]>): Markup {
  return markup`<dl>${entries.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>
`)}</dl>
`
}

/** A time, to the second. */
export function time (at: string): Markup {
  return markup`<time datetime="${at}" title="${at}">${at.slice(0, 19).replace('T', ' ')}</time>`
}

/** A value to copy. */
export function code (value: string): Markup {
  return markup`<code>${value}</code>`
}

const GOOD_STATUSES: readonly string[] = ['ACTIVE', 'VERIFIED', 'ENABLED', 'Delivered']
const BAD_STATUSES: readonly string[] = ['DEPROVISIONED', 'SUSPENDED', 'LOCKED_OUT', 'INACTIVE', 'UNVERIFIED', 'DISABLED', 'Failed', 'Lost']

/** The statuses of people that Okta's Admin Console calls otherwise than the API. */
const STATUS_NAMES: Readonly<Record<string, string>> = {
  PROVISIONED: 'Pending user action', RECOVERY: 'Password reset', PASSWORD_EXPIRED: 'Password expired', LOCKED_OUT: 'Locked out', DEPROVISIONED: 'Deactivated'
}

/** A status of the API as Okta's Admin Console writes it. */
export function statusName (status: string): string {
  return STATUS_NAMES[status] ?? `${status.charAt(0)}${status.slice(1).toLowerCase()}`
}

/** A status, with a colour beside the word. */
export function statusLabel (status: string): Markup {
  const look = GOOD_STATUSES.includes(status) ? ' good' : BAD_STATUSES.includes(status) ? ' bad' : ''
  return markup`<span class="status${look}">${statusName(status)}</span>`
}

/** A part of a page, with a heading. */
export function section (heading: string, ...content: readonly Content[]): Markup {
  const id = `part-${heading.toLowerCase().replace(/[^a-z]+/g, '-')}`
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
${content}</section>
`
}

/** What is folded up until it is wanted; unfolded if its form has been refused. */
export function disclosure (summary: string, isOpen: boolean, content: Content): Markup {
  return markup`<details${isOpen ? markup` open` : undefined}><summary>${summary}</summary>
${content}</details>
`
}
