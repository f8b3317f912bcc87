import { bisect } from './bisect.js'
import { OktaApiError } from './errors.js'
import type { Positions } from './positions.js'
import { Selection } from './selection.js'

/** The query of a request, each parameter at most once. */
export type Query = Readonly<Record<string, string | undefined>>

/** How many items a page has. */
export interface PageLimits {
  /** The limit if the query has none. */
  readonly default: number
  /** A greater limit is reduced to this. */
  readonly max: number
  /** The same with `q`, which then gives one page only: Okta does not page a picker's query. */
  readonly q?: { readonly default: number, readonly max: number }
}

/** The order that `sortBy` asks for. */
export interface SortOrder<T> {
  readonly keyOf: (item: T) => string
  readonly isDescending: boolean
}

/** Where an item stands among the items of its list. */
type Place = readonly [key: string | number, id: string]

interface Placed<T> {
  readonly item: T
  readonly place: Place
}

/** A page, and its links: one `Link` header each. */
export interface Page<T> {
  readonly items: T[]
  readonly links: string[]
}

/** What a page is cut from. */
export interface PageRequest<T> {
  readonly items: Iterable<T>
  /** The path and query of the request. */
  readonly url: string
  readonly query: Query
  readonly orgUrl: string
  readonly limits: PageLimits
  readonly positions: Positions
  /** Default: the order of creation. */
  readonly order?: SortOrder<T> | undefined
}

/** Keys are compared up to this length, so that a cursor fits into a `Link` header that the SDK can read. */
const MAX_KEY_LENGTH = 100

/**
 * Cuts a page out of a list. A cursor names a place in the order and not an item: it stays good when the item it was
 * made from is deleted, or no longer belongs to the list.
 *
 * @throws {OktaApiError} 400 E0000029 for a limit or a cursor that is not one; 400 E0000001 for a limit below 1
 */
export function paginate<T extends { readonly id: string }> (request: PageRequest<T>): Page<T> {
  const { items, query, order, limits } = request
  const isPicker = query['q'] !== undefined && limits.q !== undefined
  const limit = readLimit(query['limit'], isPicker ? limits.q ?? limits : limits)
  const { items: page, cursor } = order === undefined && items instanceof Selection
    ? cutSelection(request, items, limit)
    : sortAndCut(request, limit)
  const links = [linkTo(request, query['limit'] ?? String(limit), query['after'], 'self')]
  if (cursor !== undefined && !isPicker) links.push(linkTo(request, String(limit), cursor, 'next'))
  return { items: page, links }
}

/** The items of a page, and the cursor of the next one. */
interface Cut<T> {
  readonly items: T[]
  readonly cursor: string | undefined
}

// it is in the order of creation
function cutSelection<T extends { readonly id: string }> ({ query, positions }: PageRequest<T>, selection: Selection<T>, limit: number): Cut<T> {
  const position = query['after'] === undefined ? -1 : findPosition(query['after'], positions)
  const found = selection.takeAfter(position, limit + 1)
  const items = found.slice(0, limit)
  return { items, cursor: found.length > limit ? items.at(-1)?.id : undefined }
}

function sortAndCut<T extends { readonly id: string }> ({ items, query, order, positions }: PageRequest<T>, limit: number): Cut<T> {
  const placeOf = (item: T): Place => [order ? sortKey(order, item) : positions.find(item.id) ?? 0, item.id]
  const sign = order?.isDescending ? -1 : 1
  const compare = (a: Place, b: Place): number => sign * comparePlaces(a[0], b[0]) || comparePlaces(a[1], b[1])

  const after = query['after'] === undefined ? undefined : readCursor(query['after'], order !== undefined, positions)
  const found: Array<Placed<T>> = []
  for (const item of items) {
    const placed = { item, place: placeOf(item) }
    if (after === undefined || compare(placed.place, after) > 0) keepFirst(found, placed, limit + 1, (a, b) => compare(a.place, b.place))
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ item }) => item),
    cursor: last && found.length > limit ? order ? encodeCursor(last.place) : last.item.id : undefined
  }
}

// in order, and no more than `count`: to sort thousands for a page of them takes several times as long
function keepFirst<T> (kept: T[], item: T, count: number, compare: (a: T, b: T) => number): void {
  const last = kept.at(-1)
  if (kept.length === count && last !== undefined && compare(item, last) >= 0) return
  const index = bisect(kept.length, (middle) => compare(kept[middle] as T, item) > 0)
  kept.splice(index, 0, item)
  if (kept.length > count) kept.pop()
}

function readLimit (limit: string | undefined, limits: { default: number, max: number }): number {
  if (limit === undefined) return limits.default
  if (!/^\d+$/.test(limit)) throw new OktaApiError('E0000029')
  if (Number(limit) < 1) throw new OktaApiError('E0000001', 'limit', ['limit: must be greater than or equal to 1'])
  return Math.min(Number(limit), limits.max)
}

// in the order of creation a cursor is an id; in another order it is the place itself
function readCursor (cursor: string, isSorted: boolean, positions: Positions): Place {
  return isSorted ? decodeCursor(cursor) : [findPosition(cursor, positions), cursor]
}

function findPosition (cursor: string, positions: Positions): number {
  const position = positions.find(cursor)
  if (position === undefined) throw invalidCursor()
  return position
}

function encodeCursor (place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function decodeCursor (cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string')) return place as [string, string]
  } catch {
    // not JSON
  }
  throw invalidCursor()
}

function invalidCursor (): OktaApiError {
  return new OktaApiError('E0000029', undefined, ['Invalid cursor.'])
}

function sortKey<T> ({ keyOf }: SortOrder<T>, item: T): string {
  return keyOf(item).slice(0, MAX_KEY_LENGTH)
}

function comparePlaces (a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en')
}

function linkTo ({ url: requested, orgUrl }: { url: string, orgUrl: string }, limit: string, after: string | undefined, rel: string): string {
  const url = new URL(requested, orgUrl)
  url.searchParams.delete('after')
  if (after !== undefined) url.searchParams.set('after', after)
  url.searchParams.set('limit', limit)
  return `<${url.href}>; rel="${rel}"`
}
