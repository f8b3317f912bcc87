import { operationsAt } from '../../description/description.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Collection } from './definitions.js'
import { mergeJson } from './merge.js'
import type { StoredRecord } from './store.js'

/** A record as the API shows it. */
export function toRecordView (kernel: Kernel, collection: Collection, record: StoredRecord): Json {
  const { shown, hasLifecycle } = answerOf(collection)
  const href = hrefOf(kernel, `${record.collection}/${encodeURIComponent(record.key)}`)
  const verb = record.status === 'ACTIVE' ? 'deactivate' : 'activate'
  const added: Json = {
    id: record.key,
    created: record.created,
    createdDate: record.created,
    createdBy: kernel.administrator.id,
    lastUpdated: record.lastUpdated,
    lastUpdate: record.lastUpdated,
    lastUpdatedBy: kernel.administrator.id,
    status: record.status,
    system: record.system,
    _links: {
      self: { href, hints: { allow: ['GET', 'PUT', 'DELETE'] } },
      ...(hasLifecycle ? { [verb]: { href: `${href}/lifecycle/${verb}`, hints: { allow: ['POST'] } } } : {}),
      ...Object.fromEntries((collection.below ?? []).map((name) => [name, { href: `${href}/${name}`, hints: { allow: ['GET'] } }]))
    }
  }
  const body = (collection.hidden ?? []).reduce((inner, name) => without(inner, name.split('.')), record.body)
  const view = { ...body, ...Object.fromEntries(Object.entries(added).filter(([name]) => shown.has(name))) }
  return collection.view?.(kernel, record, view) ?? view
}

/** The address of a path of the description: most are below `/api/v1`. */
export function hrefOf ({ orgUrl }: Kernel, path: string): string {
  return /^\/(oauth2|[\w-]+\/api\/v1)\//.test(path) ? `${orgUrl}${path}` : `${orgUrl}/api/v1${path}`
}

/** What is hidden stays if it is not sent: a caller who read the object cannot send it back. */
export function keepHidden ({ hidden = [] }: Collection, before: Json, sent: Json): Json {
  return hidden.reduce((body, name) => {
    const path = name.split('.')
    const value = path.reduce<unknown>((inner, part) => isObject(inner) ? inner[part] : undefined, before)
    const parent = path.slice(0, -1).reduce<unknown>((inner, part) => isObject(inner) ? inner[part] : undefined, body)
    if (value === undefined || !isObject(parent) || Object.hasOwn(parent, path.at(-1) ?? '')) return body
    return mergeJson(body, path.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Json)
  }, sent)
}

interface RecordAnswer {
  /** The members that Okta adds. */
  readonly shown: ReadonlySet<string>
  readonly hasLifecycle: boolean
}

// by path: a list of thousands would look it up for each
const answers = new Map<string, RecordAnswer>()

function answerOf ({ path }: Collection): RecordAnswer {
  const known = answers.get(path)
  if (known) return known
  const operations = [...operationsAt(`${path}/{}`), ...operationsAt(path)]
  const shown = operations.find((operation) => operation.method === 'GET' && operation.shown !== undefined)?.shown ?? []
  const answer = { shown: new Set(shown), hasLifecycle: operationsAt(`${path}/{}/lifecycle/activate`).length > 0 }
  answers.set(path, answer)
  return answer
}

function without (json: Json, [name = '', ...rest]: readonly string[]): Json {
  if (rest.length === 0) return Object.fromEntries(Object.entries(json).filter(([known]) => known !== name))
  const inner = json[name]
  return isObject(inner) ? { ...json, [name]: without(inner, rest) } : json
}
