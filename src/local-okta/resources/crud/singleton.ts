import { operationsAt } from '../../description/description.js'
import type { Operation } from '../../description/description.js'
import { notFound } from '../../kernel/errors.js'
import { readFlag } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import type { FixedAnswer, Singleton } from './definitions.js'
import { mergeJson } from './merge.js'
import { toRoute } from './operation-route.js'
import { resolvePath } from './parents.js'
import { Records } from './store.js'

/** Its routes: those operations of the description that read it, replace it (PUT), change it (POST, PATCH) or undo the changes (DELETE). */
export function singletonRoutes (singleton: Singleton): Route[] {
  const { path, actions = {} } = singleton
  const changes = Object.entries(actions).map(([name, action]) => [name.startsWith('/') ? name : `${path}/${name}`, action] as const)
  const acts = changes.flatMap(([place, action]) => operationsAt(place).filter(({ method }) => method !== 'GET').map((operation) => actionRoute(singleton, operation, action)))
  const known = new Set(acts.map((route) => `${route.method} ${route.path}`))
  const plain = operationsAt(path).filter((operation) => operation.path === path && !known.has(`${operation.method} ${path}`))
  return [...plain.map((operation) => singletonRoute(singleton, operation)), ...acts]
}

function actionRoute (singleton: Singleton, operation: Operation, action: NonNullable<Singleton['actions']>[string]): Route {
  return toRoute(operation, (kernel, request) => {
    const path = pathOf(kernel, singleton, request)
    const change = { ...request.body as Json | undefined, ...(typeof action === 'function' ? action(kernel) : action) }
    save(kernel, path, mergeJson({ ...singleton.initial(kernel, request), ...readSingleton(kernel, path) }, change))
    kernel.log.announce(singleton.event)
    return viewOf(kernel, singleton, request)
  })
}

/** The routes of answers that do not change. */
export function fixedRoutes ({ path, method = 'GET', answer }: FixedAnswer): Route[] {
  return operationsAt(path).filter((operation) => operation.path === path && operation.method === method).map((operation) => toRoute(operation, (kernel, request) => {
    resolvePath(kernel, path, request)
    return answer(kernel, request)
  }))
}

/** What has been written to a setting, or undefined if nothing has. */
function readSingleton (kernel: Kernel, path: string): Json | undefined {
  return kernel.store(Records).find(path, '')?.body
}

function singletonRoute (singleton: Singleton, operation: Operation): Route {
  const { method } = operation
  return toRoute(operation, (kernel, request) => {
    const path = pathOf(kernel, singleton, request)
    if (method === 'GET') return read(kernel, singleton, request, path)
    const initial = singleton.initial(kernel, request)
    const stored = kernel.store(Records).find(path, '')
    // a file is not kept
    const body = typeof request.body === 'string' ? {} : request.body as Json | undefined ?? {}
    const activation = singleton.actions?.['lifecycle/activate']
    const sent = readFlag(request.query, 'activate', false) && typeof activation === 'object' ? { ...body, ...activation } : body
    if (method !== 'DELETE') save(kernel, path, method === 'PUT' ? { ...initial, ...sent } : mergeJson({ ...initial, ...stored?.body }, sent))
    else if (stored) kernel.store(Records).delete(stored)
    kernel.log.announce(singleton.event)
    return viewOf(kernel, singleton, request)
  })
}

function read (kernel: Kernel, singleton: Singleton, request: ApiRequest, path: string): Json {
  if (singleton.isAbsent && readSingleton(kernel, path) === undefined) throw notFound(path.split('/').at(-1) ?? '', 'Resource')
  return viewOf(kernel, singleton, request)
}

function viewOf (kernel: Kernel, singleton: Singleton, request: ApiRequest): Json {
  const kept = { ...singleton.initial(kernel, request), ...readSingleton(kernel, pathOf(kernel, singleton, request)) }
  return singleton.view?.(kept, kernel) ?? kept
}

function save (kernel: Kernel, collection: string, body: Json): void {
  const records = kernel.store(Records)
  const stored = records.find(collection, '')
  if (stored) records.update(stored, { body })
  else records.create({ collection, key: '', status: 'ACTIVE', system: true, body })
}

function pathOf (kernel: Kernel, { path, exists, synonyms = {} }: Singleton, { params, principal }: ApiRequest): string {
  const [, last] = /\{(\w+)\}(?!.*\{)/.exec(path) ?? []
  const key = last === undefined ? '' : params[last] ?? ''
  if (last !== undefined && exists?.(kernel, key) === false) throw notFound(key, 'Resource')
  return resolvePath(kernel, path, { params: last === undefined ? params : { ...params, [last]: Object.hasOwn(synonyms, key) ? synonyms[key] ?? key : key }, principal })
}
