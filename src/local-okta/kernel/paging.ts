import { OktaApiError } from './errors.js'
import type { Positions } from './positions.js'
import { Selection, SortableSelection } from './selection.js'
import type { Place, SortOrder } from './sort-order.js'

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
  /** Default: the order of creation. Another one needs a {@link SortableSelection}. */
  readonly order?: SortOrder<T> | undefined
}

/**
 * Cuts a page out of a list. A cursor names a place in the order and not an item: it stays good when the item it was
 * made from is deleted, or no longer belongs to the list.
 *
 * @throws {OktaApiError} 400 E0000029 for a limit or a cursor that is not one; 400 E0000001 for a limit below 1
 */
export function paginate<T extends { readonly id: string }> (request: PageRequest<T>): Page<T> {
  const { query, order, limits } = request
  const isPicker = query['q'] !== undefined && limits.q !== undefined
  const limit = readLimit(query['limit'], isPicker ? limits.q ?? limits : limits)
  const { items: page, cursor } = order === undefined ? cutInOrderOfCreation(request, limit) : cutSorted(request, order, limit)
  const links = [linkTo(request, query['limit'] ?? String(limit), query['after'], 'self')]
  if (cursor !== undefined && !isPicker) links.push(linkTo(request, String(limit), cursor, 'next'))
  return { items: page, links }
}

/** The items of a page, and the cursor of the next one. */
interface Cut<T> {
  readonly items: T[]
  readonly cursor: string | undefined
}

// a cursor is the id of the last item
function cutInOrderOfCreation<T extends { readonly id: string }> ({ items, query, positions }: PageRequest<T>, limit: number): Cut<T> {
  const after = query['after'] === undefined ? -1 : findPosition(query['after'], positions)
  const found = items instanceof Selection ? (items as Selection<T>).takeAfter(after, limit + 1) : takeAfter([...items], after, positions)
  const page = found.slice(0, limit)
  return { items: page, cursor: found.length > limit ? page.at(-1)?.id : undefined }
}

function takeAfter<T extends { readonly id: string }> (items: readonly T[], after: number, positions: Positions): T[] {
  return items
    .map((item) => ({ item, position: positions.find(item.id) ?? 0 }))
    .filter(({ position }) => position > after)
    .sort((a, b) => a.position - b.position)
    .map(({ item }) => item)
}

// a cursor is the place of the last item
function cutSorted<T extends { readonly id: string }> ({ items, query }: PageRequest<T>, order: SortOrder<T>, limit: number): Cut<T> {
  if (!(items instanceof SortableSelection)) throw new TypeError('only what a store has filtered can be sorted')
  const after = query['after'] === undefined ? undefined : decodeCursor(query['after'])
  const found = (items as SortableSelection<T>).takeSortedAfter(order, after, limit + 1)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(({ item }) => item), cursor: last && found.length > limit ? encodeCursor(last.place) : undefined }
}

function readLimit (limit: string | undefined, limits: { default: number, max: number }): number {
  if (limit === undefined) return limits.default
  if (!/^\d+$/.test(limit)) throw new OktaApiError('E0000029')
  if (Number(limit) < 1) throw new OktaApiError('E0000001', 'limit', ['limit: must be greater than or equal to 1'])
  return Math.min(Number(limit), limits.max)
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

function linkTo ({ url: requested, orgUrl }: { url: string, orgUrl: string }, limit: string, after: string | undefined, rel: string): string {
  const url = new URL(requested, orgUrl)
  url.searchParams.delete('after')
  if (after !== undefined) url.searchParams.set('after', after)
  url.searchParams.set('limit', limit)
  return `<${url.href}>; rel="${rel}"`
}
