import { selectFields } from './fields.js'
import type { Json } from './json.js'
import type { Kernel, StoreClass } from './kernel.js'
import { paginate } from './paging.js'
import type { PageLimits, Query } from './paging.js'
import type { Principal } from './principal.js'
import type { SortOrder } from './sort-order.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request as routes see it: authenticated, allowed, its body read. */
export interface ApiRequest<Body = unknown> {
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly headers: Readonly<Record<string, unknown>>
  /** The path and query as requested. */
  readonly url: string
  readonly principal: Principal
  readonly body: Body
}

/** What goes back. Without a body for 204. */
export interface ApiAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: unknown
}

/** What every route says of itself. */
interface RouteFacts {
  readonly method: Method
  /** Below `/api/v1`, unless it is outside of that, with the parameters' names in braces, as Okta's description has it. */
  readonly path: string
  /** True if the path is a whole one. Default false. */
  readonly isOutside?: boolean
  /** The OAuth scope that a service app needs. `okta.x.manage` includes `okta.x.read`. */
  readonly scope: string
}

/** A route, ready to be registered. Everything but `answer` is data. */
export interface Route extends RouteFacts {
  /** The status of success. */
  readonly status: number
  readonly page?: PageLimits
  /** True if only access tokens are accepted here, and no API token. */
  readonly isOAuthOnly?: true
  readonly read: (body: unknown) => unknown
  readonly answer: (kernel: Kernel, request: ApiRequest) => Promise<ApiAnswer>
}

type StoreClasses = Readonly<Record<string, StoreClass<unknown>>>

/** The stores that a resource's routes work on, and the org's address for links. */
export type Stores<Classes extends StoreClasses> =
  { readonly [Name in keyof Classes]: InstanceType<Classes[Name]> } & { readonly orgUrl: string }

/** A route that answers with one thing, or with nothing. */
interface SingleRoute<S, Body> extends RouteFacts {
  /** Default 200. With 202 and 204 nothing is sent but the status. */
  readonly status?: 200 | 201 | 202 | 204
  /** Reads the body, or refuses it. Left out, the body does not matter. */
  readonly body?: (body: unknown) => Body
  /** Headers of the answer, made of its body. */
  readonly headers?: (body: unknown) => Readonly<Record<string, string>>
  readonly answer: (stores: S, request: ApiRequest<Body>) => unknown
}

/** A route that answers with a page of items. */
interface ListRoute<S, Item extends { readonly id: string }> extends Omit<RouteFacts, 'method'> {
  readonly page: PageLimits
  /** Every item that the query asks for. Of thousands a {@link Selection}: a page of it takes the time of a page. */
  readonly items: (stores: S, request: ApiRequest) => Iterable<Item>
  /** An item as it is shown. */
  readonly view: (stores: S, item: Item, request: ApiRequest) => Json
  /** Reads what `sortBy` names, for searches in what a store has filtered. Okta sorts searches only. */
  readonly sortKey?: (item: Item, sortBy: string) => unknown
  /** True if `fields` chooses what of an item is shown. */
  readonly hasFields?: boolean
}

/** Makes the routes of a resource, which name the stores that they work on. */
export function routesOn<Classes extends StoreClasses> (classes: Classes) {
  type S = Stores<Classes>
  const storesOf = (kernel: Kernel): S => ({
    ...Object.fromEntries(Object.entries(classes).map(([name, type]) => [name, kernel.store(type)])),
    orgUrl: kernel.orgUrl
  }) as S

  function route<Body = undefined> (definition: SingleRoute<S, Body>): Route {
    const { method, path, isOutside = false, scope, status = 200, body: read = () => undefined, headers, answer } = definition
    return {
      method,
      path,
      isOutside,
      scope,
      status,
      read,
      answer: async (kernel, request) => {
        const body = await answer(storesOf(kernel), request as ApiRequest<Body>)
        return status === 202 || status === 204 ? { status } : { status, body, headers: headers?.(body) ?? {} }
      }
    }
  }

  function list<Item extends { readonly id: string }> (definition: ListRoute<S, Item>): Route {
    const { path, scope, page, items, view } = definition
    return {
      method: 'GET',
      path,
      scope,
      status: 200,
      page,
      read: () => undefined,
      answer: async (kernel, request) => {
        const stores = storesOf(kernel)
        const { query, url } = request
        const found = paginate({
          items: items(stores, request),
          query,
          url,
          limits: page,
          orgUrl: kernel.orgUrl,
          positions: kernel.positions,
          order: orderOf(definition, query)
        })
        const shown = found.items.map((item) => view(stores, item, request))
        const { fields } = query
        return {
          status: 200,
          headers: { link: found.links },
          body: definition.hasFields && fields !== undefined ? shown.map((item) => selectFields(item, fields)) : shown
        }
      }
    }
  }

  return { route, list }
}

function orderOf<Item extends { readonly id: string }> (
  { sortKey }: Pick<ListRoute<never, Item>, 'sortKey'>, { search, sortBy, sortOrder }: Query
): SortOrder<Item> | undefined {
  if (sortKey === undefined || search === undefined || sortBy === undefined) return undefined
  const isDescending = sortOrder?.toLowerCase() === 'desc'
  return { name: `${sortBy} ${isDescending}`, keyOf: (item) => String(sortKey(item, sortBy) ?? ''), isDescending }
}
