import { EVENT_TYPES } from '../../event-types.js'
import { isLoopback } from '../../../options/urls.js'
import { stringAt, stringsAt } from '../../json.js'
import { EVENT_HOOK_PATH } from '../../settings/paths.js'
import { HOOK_NAME } from '../names.js'
import { none, type PlanContext, type Planner, type PlannedRequest, type Step } from '../step.js'

/**
 * The event hook by which Okta tells the service what changes. That it is not verified is nothing to plan: Okta verifies it
 * once the service answers.
 */
export const planEventHook: Planner = async (context) => {
  const { api, target: { publicUrl, orgUrl }, known } = context
  if (isLoopback(new URL(publicUrl)) && !isLoopback(new URL(orgUrl))) {
    return [none('eventhook', `no event hook: Okta cannot reach ${publicUrl}; set PUBLIC_URL to the https address of the service`)]
  }
  const url = `${publicUrl}${EVENT_HOOK_PATH}`
  const hooks = await api.readAll('/eventHooks')
  const hook = hooks.find((each) => stringAt(each, 'channel', 'config', 'uri') === url)
  if (hook === undefined) {
    return [{ id: 'eventhook', action: 'create', what: `the event hook "${HOOK_NAME}" to ${url}, with a secret`, requests: [{ method: 'POST', stores: 'hookId', build: (ids) => ({ path: '/eventHooks', body: hookTo(url, HOOK_NAME, EVENT_TYPES, ids.eventHookSecret) }) }] }]
  }
  known.hookId = stringAt(hook, 'id')
  return [planExistingHook(hook, url, context)]
}

function planExistingHook (hook: unknown, url: string, { target: { replacesSecret, eventHookSecret } }: PlanContext): Step {
  const name = stringAt(hook, 'name')
  const present = stringsAt(hook, 'events', 'items')
  const missing = EVENT_TYPES.filter((type) => !present.includes(type))
  const isActive = stringAt(hook, 'status') === 'ACTIVE'
  const changes = [...(missing.length === 0 ? [] : [`deliver ${missing.join(', ')} too`]), ...(isActive ? [] : ['activate it']), ...(replacesSecret ? ['replace its secret'] : [])]
  if (changes.length === 0) return none('eventhook', `the event hook "${name}" delivers to ${url}`)
  // Okta never shows the secret, and keeps it if it is left out.
  const secretOf = (secret: string): string | undefined => replacesSecret || eventHookSecret !== undefined ? secret : undefined
  const replace: PlannedRequest = { method: 'PUT', build: (ids) => ({ path: `/eventHooks/${ids.hookId}`, body: hookTo(url, name, [...present, ...missing], secretOf(ids.eventHookSecret)) }) }
  const activate: PlannedRequest = { method: 'POST', build: (ids) => ({ path: `/eventHooks/${ids.hookId}/lifecycle/activate` }) }
  return {
    id: 'eventhook',
    action: 'update',
    what: `the event hook "${name}": ${changes.join('; ')}`,
    requests: [...(missing.length === 0 && !replacesSecret ? [] : [replace]), ...(isActive ? [] : [activate])]
  }
}

function hookTo (uri: string, name: string, items: readonly string[], secret: string | undefined) {
  return {
    name,
    events: { type: 'EVENT_TYPE', items },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: { uri, headers: [], authScheme: { type: 'HEADER', key: 'Authorization', ...(secret === undefined ? {} : { value: secret }) } }
    }
  }
}
