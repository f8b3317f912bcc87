import type { EventFilter, EventHook } from './store.js'

/** An event hook as the API shows it: without the value of its authentication header. */
export function toEventHookView (orgUrl: string, hook: EventHook): Record<string, unknown> {
  const href = `${orgUrl}/api/v1/eventHooks/${hook.id}`
  const { id, status, verificationStatus, name, description, created, createdBy, lastUpdated, eventTypes, filters, channel } = hook
  const next = status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    id,
    status,
    verificationStatus,
    name,
    description,
    created,
    createdBy,
    lastUpdated,
    events: { type: 'EVENT_TYPE', items: [...eventTypes], filter: toFilterView(filters) },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: {
        uri: channel.uri,
        headers: channel.headers.map((header) => ({ ...header })),
        method: 'POST',
        ...(channel.authScheme === null ? {} : { authScheme: { type: 'HEADER', key: channel.authScheme.key } })
      }
    },
    _links: {
      self: { href },
      verify: { href: `${href}/lifecycle/verify`, hints: { allow: ['POST'] } },
      [next]: { href: `${href}/lifecycle/${next}`, hints: { allow: ['POST'] } }
    }
  }
}

function toFilterView (filters: readonly EventFilter[]): Record<string, unknown> | null {
  if (filters.length === 0) return null
  const eventFilterMap = filters.map(({ eventType, expression }) => ({ event: eventType, condition: { expression, version: null } }))
  return { type: 'EXPRESSION_LANGUAGE', eventFilterMap }
}
