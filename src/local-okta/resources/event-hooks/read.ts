import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalid } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { isReceiverUrl } from '../../kernel/receiver.js'
import { readFilters } from './filter.js'
import type { EventHookChannel, HookSecret, NewEventHook } from './store.js'

const MAX_EVENT_TYPES = 300
/** Of these families every event type is sent to hooks. */
const ELIGIBLE_FAMILIES = /^(group\.(application_assignment|lifecycle|privilege|profile|user_membership)|user\.(account|authentication|lifecycle|mfa\.factor|risk|session)|application\.(lifecycle|user_membership)|app\.oauth2\.(as\.consent|trusted_server|client\.privilege)|device\.(lifecycle|user)|security\.trusted_origin|system\.org\.rate_limit)\.[a-z_.]+$/
/** Of others only these; the rest is in the System Log only. The list of 2026.08.1, as far as it is about what exists here. */
const ELIGIBLE_TYPES = new Set([
  'application.policy.sign_on.deny_access',
  'policy.lifecycle.update', 'policy.lifecycle.activate', 'policy.lifecycle.deactivate',
  'policy.rule.add', 'policy.rule.update', 'policy.rule.activate', 'policy.rule.deactivate', 'policy.rule.delete',
  'system.api_token.create', 'system.api_token.revoke', 'system.api_token.request_outside_allowed_range'
])
const INELIGIBLE = new Set(['user.lifecycle.delete.completed'])

/** The header of a request, whose value is undefined if a client sends back what it has read. */
interface SecretRequest {
  readonly key: string
  readonly value: string | undefined
}

/** A hook as a request describes it. */
interface EventHookRequest extends Omit<NewEventHook, 'channel'> {
  readonly channel: Omit<EventHookChannel, 'authScheme'> & { readonly authScheme: SecretRequest | null }
}

/** True if hooks can get events of this type. */
export function isHookEligible (eventType: string): boolean {
  return ELIGIBLE_TYPES.has(eventType) || (ELIGIBLE_FAMILIES.test(eventType) && !INELIGIBLE.has(eventType))
}

/**
 * The hook, with the stored secret where the request leaves the value out.
 *
 * @throws {OktaApiError} 400 E0000001 if there is no stored value either
 */
export function completeHook (request: EventHookRequest, stored?: NewEventHook): NewEventHook {
  const { authScheme, ...channel } = request.channel
  return { ...request, channel: { ...channel, authScheme: authScheme && completeSecret(authScheme, stored?.channel.authScheme) } }
}

function completeSecret ({ key, value }: SecretRequest, stored: HookSecret | null = null): HookSecret {
  const known = value ?? stored?.value
  if (known === undefined) throw invalid('value', 'The field cannot be left blank')
  return { key, value: known }
}

/** Reads a hook. @throws {OktaApiError} 400 E0000001, E0000003 */
export function readEventHook (body: unknown): EventHookRequest {
  const json = readObject(body)
  const events = readMember(json, 'events')
  const eventTypes = readEventTypes(events)
  return {
    name: readText(json, 'name'),
    description: readOptionalText(json, 'description') ?? null,
    eventTypes,
    filters: readFilters(readMember(events, 'filter'), eventTypes),
    channel: readChannel(readMember(json, 'channel'))
  }
}

function readEventTypes (events: Json): string[] {
  if (events['type'] !== 'EVENT_TYPE') throw invalid('events.type', 'must be EVENT_TYPE')
  const eventTypes = readTexts(events, 'items')
  if (eventTypes.length === 0 || eventTypes.length > MAX_EVENT_TYPES) throw invalid('events.items', `must be 1 to ${MAX_EVENT_TYPES} event types`)
  if (!eventTypes.every(isHookEligible)) throw invalid('events.items', 'must be event types that are eligible for event hooks')
  return eventTypes
}

function readChannel (channel: Json): EventHookRequest['channel'] {
  if (channel['type'] !== 'HTTP') throw invalid('channel.type', 'must be HTTP')
  if (channel['version'] !== '1.0.0') throw invalid('channel.version', 'must be 1.0.0')
  const config = readMember(channel, 'config')
  const { headers = [], authScheme } = config
  if (!Array.isArray(headers)) throw invalid('channel.config.headers', 'must be an array')
  return {
    uri: readUri(config),
    headers: headers.map((header) => readHeader(readObject(header))),
    authScheme: authScheme === undefined || authScheme === null ? null : readAuthScheme(readObject(authScheme))
  }
}

function readUri (config: Json): string {
  const uri = readText(config, 'uri')
  if (isReceiverUrl(uri)) return uri
  throw invalid('channel.config.uri', 'must be https, or http on the loopback')
}

// our answers leave the value out: sent back so, the stored one is meant
function readAuthScheme (authScheme: Json): SecretRequest {
  if (authScheme['type'] !== 'HEADER') throw invalid('channel.config.authScheme.type', 'must be HEADER')
  if (authScheme['value'] === undefined) return { key: readText(authScheme, 'key'), value: undefined }
  return readHeader(authScheme)
}

function readHeader (header: Json): { key: string, value: string } {
  const [key, value] = [readText(header, 'key'), readText(header, 'value')]
  try {
    validateHeaderName(key)
    validateHeaderValue(key, value)
  } catch {
    throw invalid('channel.config.headers', 'must be what an HTTP header can hold')
  }
  return { key, value }
}
