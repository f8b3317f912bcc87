import { PathTree } from './path-tree.js'
import type { Method, Route } from './route.js'

/** A route that a request is for. */
export interface RouteMatch {
  readonly route: Route
  /** The values of the path's parameters, by name. */
  readonly params: Readonly<Record<string, string>>
}

/**
 * Finds the route of a request. The Management API has hundreds of routes: to register each of them with Fastify would take
 * most of the time of a start, and with its router alone (find-my-way) 0.1 s of processor time.
 */
export class Router {
  readonly #routes = new PathTree<Map<string, Route>>()
  readonly #unserved = new PathTree<true>()

  /** `unserved` are paths below `/api/v1` that no route is for. @throws {TypeError} for two routes with one method and path */
  constructor (routes: readonly Route[], unserved: readonly string[] = []) {
    for (const route of routes) this.#add(route)
    for (const path of unserved) this.#unserved.set(wholePath({ path }), true)
  }

  /** The route for a method and a URL, or undefined. */
  find (method: string, url: string): RouteMatch | undefined {
    const found = this.#routes.find(url, (routes) => routes.has(method))
    const route = found?.value.get(method)
    return route && { route, params: paramsOf(route, found?.parameters ?? []) }
  }

  /** True if there is a route for the URL, whatever its method. */
  hasPath (url: string): boolean {
    return this.#routes.find(url) !== undefined
  }

  /** True for a URL that is answered as unknown, although a route's parameter matches it. */
  isUnserved (url: string): boolean {
    return this.#unserved.find(url) !== undefined
  }

  #add (route: Route): void {
    const path = wholePath(route)
    const routes = this.#routes.get(path) ?? new Map<Method, Route>()
    if (routes.has(route.method)) throw new TypeError(`there are two routes for ${route.method} ${path}`)
    this.#routes.set(path, routes.set(route.method, route))
  }
}

function wholePath ({ path, isOutside = false }: Pick<Route, 'path' | 'isOutside'>): string {
  return isOutside ? path : `/api/v1${path}`
}

function paramsOf ({ path }: Route, values: readonly string[]): Record<string, string> {
  const names = path.match(/(?<=\{)\w+(?=\})/g) ?? []
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
}
