import { stringAt, stringsAt, valueAt } from '../../json.js'
import { EVENT_HOOK_PATH } from '../../settings/paths.js'
import { CannotCheck, fail, ok, skipped, warn, type Check, type DoctorContext, type Finding } from '../check.js'
import { EVENT_TYPES, MEMBERSHIP_EVENT_TYPES } from '../../event-types.js'
import { describeLastMessage, isListening } from '../service.js'

const HOOKS = 'Admin Console: Workflow > Event Hooks'
const HOUR_MS = 3_600_000

export const eventHook: Check = {
  id: 'eventhook',
  why: 'By its event hook, Okta tells the service at once what changes; without it, a removed member is greeted for up to a minute.',
  needs: ['directory.token', 'publicurl'],
  async run (context) {
    const { settings: { eventHookSecret, publicUrl }, org } = context
    if (eventHookSecret === undefined) return skipped('OKTA_EVENT_HOOK_SECRET is not set: the event hook is off')
    if (publicUrl === undefined) return skipped('PUBLIC_URL is not set: it is not known where Okta must deliver')
    const url = `${publicUrl}${EVENT_HOOK_PATH}`
    const hooks = await org.list('/eventHooks', 'okta.eventHooks.read') ?? []
    const hook = hooks.find((candidate) => urlOf(candidate) === url)
    if (hook !== undefined) return await checkHook(hook, publicUrl, context)
    const elsewhere = hooks.map(urlOf).find((uri) => uri.endsWith(EVENT_HOOK_PATH))
    return elsewhere === undefined
      ? fail(`no event hook of the org delivers to ${url}`, `fastify-okta setup --apply, or ${HOOKS} > Create Event Hook: ${url}, with Authorization and the secret`)
      : fail(`an event hook delivers to ${elsewhere}, and none to ${url}`, `${HOOKS} > (hook) > Edit: ${url}; or correct PUBLIC_URL`)
  }
}

async function checkHook (hook: unknown, publicUrl: string, context: DoctorContext): Promise<Finding> {
  const name = `the event hook "${stringAt(hook, 'name')}"`
  const types = stringsAt(hook, 'events', 'items')
  if (stringAt(hook, 'status') !== 'ACTIVE') return fail(`${name} is not active: nothing is delivered`, `${HOOKS} > (hook) > Actions > Activate`)
  if (stringAt(hook, 'channel', 'config', 'authScheme', 'key').toLowerCase() !== 'authorization') {
    return fail(`${name} does not send the secret as Authorization`, `${HOOKS} > (hook) > Edit > Authentication field: Authorization`)
  }
  if (stringAt(hook, 'verificationStatus') !== 'VERIFIED') {
    const advice = `start the service, then fastify-okta setup --apply, or ${HOOKS} > (hook) > Actions > Verify; if that fails, its secret is not OKTA_EVENT_HOOK_SECRET`
    return await isListening(publicUrl)
      ? fail(`${name} is not verified: nothing is delivered`, advice)
      : warn(`${name} is not verified yet, and nothing listens at ${publicUrl}`, advice)
  }
  const missing = MEMBERSHIP_EVENT_TYPES.filter((type) => !types.includes(type))
  if (missing.length > 0) return fail(`${name} does not deliver ${missing.join(', ')}`, `${HOOKS} > (hook) > Edit > Subscribe to events: add them`)
  const failed = await countFailedDeliveries(stringAt(hook, 'id'), context)
  if (failed > 0) {
    return warn(`${name} is verified; ${failed} deliveries failed in the last hour: the service was down, or the secret of the hook is not OKTA_EVENT_HOOK_SECRET`,
      `${HOOKS} > (hook) > Edit > Authentication secret: the value of OKTA_EVENT_HOOK_SECRET; or fastify-okta setup --apply --new-secret`)
  }
  const further = EVENT_TYPES.filter((type) => !types.includes(type))
  return further.length > 0
    ? warn(`${name} is verified; it does not deliver ${further.join(', ')}`, `${HOOKS} > (hook) > Edit > Subscribe to events: add them`)
    : ok(`${name} is active and verified${await describeLastMessage(publicUrl, 'event_hook')}`)
}

/** Okta shows the secret to nobody, but logs each delivery that fails (`event_hook.delivery` in the System Log). 0 if these credentials may not read that. */
async function countFailedDeliveries (hookId: string, { org }: DoctorContext): Promise<number> {
  const query = new URLSearchParams({ since: new Date(Date.now() - HOUR_MS).toISOString(), filter: 'eventType eq "event_hook.delivery"', limit: '100' })
  try {
    const events = await org.find(`/logs?${query.toString()}`, 'okta.logs.read')
    return Array.isArray(events) ? events.filter((event) => stringAt(event, 'outcome', 'result') === 'FAILURE' && hasTarget(event, hookId)).length : 0
  } catch (error) {
    if (error instanceof CannotCheck) return 0
    throw error
  }
}

function hasTarget (event: unknown, id: string): boolean {
  const targets = valueAt(event, 'target')
  return Array.isArray(targets) && targets.some((target) => stringAt(target, 'id') === id)
}

function urlOf (hook: unknown): string {
  return stringAt(hook, 'channel', 'config', 'uri')
}
