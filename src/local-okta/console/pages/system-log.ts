import type { FastifyInstance } from 'fastify'
import type { OrgEvent } from '../../kernel/system-log.js'
import type { Page } from '../../pages/html.js'
import { searchForm, section, table, time } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { LIVE_SCRIPT } from '../live-script.js'
import { markup } from '../markup.js'
import type { Content } from '../markup.js'
import { registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { MAX_ROWS, moreRows } from '../table-rows.js'

const PATH = `${CONSOLE}/system-log` as const

/** System Log: what has happened in the org, the latest first. */
export function registerSystemLogPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  registerPage(app, PATH, (request) => systemLogPage(kernel.log.events(), request))
}

function systemLogPage (events: readonly OrgEvent[], { query }: PageRequest): Page {
  const q = query.text('q')
  const found = events.filter((event) => holds(event, q.toLowerCase())).toReversed()
  const shown = found.slice(0, MAX_ROWS)
  return createConsolePage({
    title: 'System Log',
    section: PATH,
    script: LIVE_SCRIPT,
    content: section('Events, the latest first', searchForm(PATH, 'Search events', q),
      markup`<p class="quiet small" id="live-status" role="status"></p>`,
      markup`<div id="live">${table('Events', ['Time', 'Actor', 'Event', 'Target', 'Outcome'], shown.map((event) => rowOf(event)), 'There are no such events.')}${moreRows(shown.length, found.length)}</div>`)
  })
}

function rowOf ({ published, actor, displayMessage, eventType, targets, outcome }: OrgEvent): Content[] {
  return [
    time(published),
    actor.displayName,
    markup`<div class="event">${displayMessage}</div><div class="quiet small">${eventType}</div>`,
    targets.map(({ displayName, type }) => markup`<div>${displayName} <span class="quiet small">(${type})</span></div>`),
    outcome.reason === null ? outcome.result : `${outcome.result}: ${outcome.reason}`
  ]
}

function holds ({ eventType, displayMessage, actor, targets }: OrgEvent, wanted: string): boolean {
  const texts = [eventType, displayMessage, ...[actor, ...targets].flatMap(({ id, displayName, alternateId }) => [id, displayName, alternateId])]
  return texts.some((text) => String(text).toLowerCase().includes(wanted))
}
