import { readDescription } from '../../description/description.js'
import type { Operation } from '../../description/description.js'
import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import { toRoute } from './collection.js'
import { mergeJson } from './merge.js'
import { Records } from './store.js'
import type { StoredRecord } from './store.js'

/** An object that always exists, such as the settings of the org: what a line in the list says of it. */
export interface Singleton {
  /** As in the description. */
  readonly path: string
  /** What it is until it is changed. */
  readonly initial: (kernel: Kernel, request: ApiRequest) => Json
  /** The event type of a change. */
  readonly event: string
  /** True if what the path's last parameter names exists. Default: what a collection has there. */
  readonly exists?: (kernel: Kernel, key: string) => boolean
}

/** Its routes: those operations of the description that read it, replace it (PUT), change it (POST, PATCH) or undo the changes (DELETE). */
export function singletonRoutes (singleton: Singleton): Route[] {
  return readDescription().operations.filter(({ path }) => path === singleton.path).map((operation) => singletonRoute(singleton, operation))
}

function singletonRoute (singleton: Singleton, operation: Operation): Route {
  return toRoute(operation, (kernel, request) => {
    const path = requirePath(kernel, singleton, request)
    const stored = kernel.store(Records).find(path, '')
    const before = { ...singleton.initial(kernel, request), ...stored?.body }
    if (operation.method === 'GET') return before
    if (operation.method === 'DELETE') {
      if (stored) kernel.store(Records).delete(stored)
    } else {
      const sent = request.body as Json
      const body = operation.method === 'PUT' ? { ...singleton.initial(kernel, request), ...sent } : mergeJson(before, sent)
      save(kernel, path, stored, body)
    }
    kernel.log.announce(singleton.event)
    return { ...singleton.initial(kernel, request), ...kernel.store(Records).find(path, '')?.body }
  })
}

function save (kernel: Kernel, collection: string, stored: StoredRecord | undefined, body: Json): void {
  const records = kernel.store(Records)
  if (stored) records.update(stored, { body })
  else records.create({ collection, key: '', status: 'ACTIVE', system: true, body })
}

function requirePath (kernel: Kernel, { path, exists }: Singleton, { params }: ApiRequest): string {
  const parts = path.split('/').map((part) => part.startsWith('{') ? params[part.slice(1, -1)] ?? '' : part)
  const at = path.split('/').findLastIndex((part) => part.startsWith('{'))
  if (at === -1) return parts.join('/')
  const key = parts[at] ?? ''
  const isKnown = exists?.(kernel, key) ?? kernel.store(Records).find(parts.slice(0, at).join('/'), key) !== undefined
  if (!isKnown) throw notFound(key, 'Resource')
  return parts.join('/')
}
