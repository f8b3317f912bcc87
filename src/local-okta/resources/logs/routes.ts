import type { Predicate } from '../../kernel/expression.js'
import type { Json } from '../../kernel/json.js'
import { isObject } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiAnswer, ApiRequest, Route } from '../../kernel/route.js'
import { toLogEvent } from '../../kernel/system-log.js'
import type { OrgEvent } from '../../kernel/system-log.js'
import { eventMatcher, readLogQuery } from './query.js'
import type { LogQuery } from './query.js'

/** `GET /logs`: a polling request always has a next link, a bounded one until its last page. */
export const logRoute: Route = {
  method: 'GET',
  path: '/logs',
  scope: 'okta.logs.read',
  status: 200,
  read: () => undefined,
  answer: async (kernel, request) => answer(kernel, request)
}

function answer (kernel: Kernel, { query, url }: ApiRequest): ApiAnswer {
  const asked = readLogQuery(query, kernel.clock.now())
  const events = kernel.log.events().filter((event) => isWithin(event, asked))
  const found = take(asked.isDescending ? events.toReversed() : events, asked.limit + 1, eventMatcher(query))
  const page = found.slice(0, asked.limit)
  const sequence = page.at(-1)?.sequence ?? asked.after ?? startOf(events, asked, kernel.log.events())
  return { status: 200, headers: { link: linksOf(url, kernel.orgUrl, asked, found.length > page.length, sequence) }, body: page.map(({ view }) => view) }
}

/** An event as it is shown, and its place in the log. */
interface ShownEvent {
  readonly view: Json
  readonly sequence: number
}

// the first events that match: no others are made to be shown
function take (events: readonly OrgEvent[], count: number, isFound: Predicate<Json>): ShownEvent[] {
  const taken: ShownEvent[] = []
  for (const event of events) {
    if (taken.length === count) break
    const view = withoutNulls(toLogEvent(event))
    if (isFound(view)) taken.push({ view, sequence: event.sequence })
  }
  return taken
}

// where to go on after a page without events: behind those that were looked at, or with none before the first
function startOf (events: readonly OrgEvent[], { limit }: LogQuery, all: readonly OrgEvent[]): number {
  const [first] = events
  if (limit === 0 && first) return first.sequence - 1
  return (events.at(-1) ?? all.at(-1))?.sequence ?? 0
}

function isWithin ({ published, sequence }: OrgEvent, { since, until, after, isDescending }: LogQuery): boolean {
  if (after !== undefined && (isDescending ? sequence >= after : sequence <= after)) return false
  const time = Date.parse(published)
  return time >= since && time <= until
}

function linksOf (requested: string, orgUrl: string, { isPolling }: LogQuery, hasMore: boolean, sequence: number): string[] {
  const self = new URL(requested, orgUrl)
  const links = [`<${self.href}>; rel="self"`]
  if (!isPolling && !hasMore) return links
  const next = new URL(self)
  next.searchParams.delete('since')
  next.searchParams.set('after', `${sequence}_1`)
  return [...links, `<${next.href}>; rel="next"`]
}

// Okta leaves nulls out, or not: its description has none
function withoutNulls (object: Json): Json {
  return Object.fromEntries(Object.entries(object)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, valueWithoutNulls(value)]))
}

function valueWithoutNulls (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueWithoutNulls)
  return isObject(value) ? withoutNulls(value) : value
}
