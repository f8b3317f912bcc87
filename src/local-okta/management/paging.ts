import type { FastifyReply, FastifyRequest } from 'fastify'
import { OktaApiError } from './errors.js'

/** The query of a list, each parameter at most once. */
export type Query = Readonly<Record<string, string | undefined>>

/** What a page is cut from. */
export interface PageLimits {
  /** The limit when the query names none. */
  default: number
  /** The greatest limit; a greater one is cut down to it. */
  maximum: number
}

/**
 * Cuts one page out of a list and sets its `Link` lines, absolute and each a
 * header of its own. The cursor is the id of the last item sent.
 *
 * @throws {OktaApiError} 400 E0000029 for a limit or cursor that is none; 400 E0000001 for a limit below 1
 */
export function cutPage<T extends { id: string }> (
  items: T[], request: FastifyRequest, reply: FastifyReply, orgUrl: string, limits: PageLimits
): T[] {
  const query = request.query as Query
  const limit = readLimit(query['limit'], limits)
  const start = query['after'] === undefined ? 0 : startAfter(items, query['after'])
  const page = items.slice(start, start + limit)
  const links = [linkTo(request, orgUrl, query['limit'] ?? String(limit), query['after'], 'self')]
  const last = page.at(-1)
  if (last && start + limit < items.length) links.push(linkTo(request, orgUrl, String(limit), last.id, 'next'))
  reply.header('link', links)
  return page
}

function readLimit (limit: string | undefined, limits: PageLimits): number {
  if (limit === undefined) return limits.default
  if (!/^\d+$/.test(limit)) throw new OktaApiError('E0000029')
  if (Number(limit) < 1) throw new OktaApiError('E0000001', 'limit', ['limit: must be greater than or equal to 1'])
  return Math.min(Number(limit), limits.maximum)
}

function startAfter (items: Array<{ id: string }>, after: string): number {
  const index = items.findIndex(({ id }) => id === after)
  if (index === -1) throw new OktaApiError('E0000029', undefined, ['Invalid cursor.'])
  return index + 1
}

function linkTo (request: FastifyRequest, orgUrl: string, limit: string, after: string | undefined, rel: string): string {
  const url = new URL(request.url, orgUrl)
  url.searchParams.delete('after')
  if (after !== undefined) url.searchParams.set('after', after)
  url.searchParams.set('limit', limit)
  return `<${url.href}>; rel="${rel}"`
}
