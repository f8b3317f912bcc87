import type { LogPositionStore } from '../okta/events/log-position.js'
import type { RevokingEvent } from '../okta/events/security-events.js'
import type { UsedMessageStore } from '../okta/events/used-messages.js'
import { assertKnownGroupOptions } from './option-names.js'
import { assertObject, findStringIssue, integer, isObject } from './values.js'

/** Events that Okta delivers: changes of users and groups take effect at once, and those who are signed out are refused. */
export interface EventHookOptions {
  /** What Okta sends as the whole value of `Authorization`, as registered with the event hook. At least 16 characters. */
  secret: string
  /** The path of the route, below the prefix of the scope in which the plugin is registered. Default `/okta/events`. */
  path?: string | undefined
}

/** Universal Logout: Okta asks to end everything that a user has here. */
export interface UniversalLogoutOptions {
  /** The client id of the app whose Universal Logout points to this service. */
  clientId: string
  /** The path of the route, below the prefix of the scope in which the plugin is registered. Default `/okta/universal-logout`. */
  path?: string | undefined
  /** Expected `aud`: the URL of the endpoint, as registered at Okta. Default: `publicUrl`, the prefix and `path`. */
  audience?: string | undefined
  /** Where used credentials are kept, so that each is used once in a fleet. Default: in this process. */
  store?: UsedMessageStore | undefined
}

/** Security event tokens that Okta's Shared Signals transmitter pushes (RFC 8417, RFC 8935). */
export interface SecurityEventsOptions {
  /** Expected `aud`: the one of the stream. */
  audience: string
  /** What the stream sends as `Authorization`. Default: not compared, since each token is signed. */
  authorization?: string | undefined
  /** The events after which a user's tokens are refused. Default `['session-revoked', 'credential-change']`. */
  revokeOn?: readonly RevokingEvent[] | undefined
  /** The path of the route, below the prefix of the scope in which the plugin is registered. Default `/okta/security-events`. */
  path?: string | undefined
  /** Where it is kept which tokens have come, so that each takes effect once in a fleet. Default: in this process. */
  store?: UsedMessageStore | undefined
}

/** Reads the System Log, for events that no event hook has delivered. Needs a directory, whose credentials may read the log. */
export interface SystemLogOptions {
  /** How often it is read, in seconds; at least 10. At the start it is read as far back as tokens live. */
  pollSeconds: number
  /** Where it is kept how far the log was read, so that one process of a fleet reads it. Default: in this process. */
  store?: LogPositionStore | undefined
}

/** The ways in which Okta tells of sign-outs and changes. Each is off unless it is given. */
export interface MessageOptions {
  /** Receives the deliveries of an event hook. */
  eventHook?: EventHookOptions | undefined
  /** Receives Universal Logout requests. Needs `publicUrl`, or an `audience`. */
  universalLogout?: UniversalLogoutOptions | undefined
  /** Receives security event tokens. */
  securityEvents?: SecurityEventsOptions | undefined
  /** Reads the System Log. Needs a `directory`. */
  systemLog?: SystemLogOptions | undefined
}

/** The options, checked and complete; `null` for what is off. */
export interface MessageSettings {
  readonly eventHook: { readonly secret: string, readonly path: string } | null
  readonly universalLogout: { readonly clientId: string, readonly path: string, readonly audience?: string, readonly store?: UsedMessageStore } | null
  readonly securityEvents: {
    readonly audience: string
    readonly authorization: string | undefined
    readonly revokeOn: readonly RevokingEvent[]
    readonly path: string
    readonly store?: UsedMessageStore
  } | null
  readonly systemLog: { readonly pollSeconds: number, readonly store?: LogPositionStore } | null
}

const MIN_SECRET_LENGTH = 16
const MIN_POLL_SECONDS = 10
/** A day: events are of no use when the tokens that they concern have expired. */
const MAX_POLL_SECONDS = 86_400
/** What Fastify's router takes literally. */
const PATH = /^(?:\/[\w.~-]+)+$/
/** A field value as Node sends and receives it, without spaces around it. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const EVENTS: readonly unknown[] = ['session-revoked', 'credential-change'] satisfies RevokingEvent[]

/** @throws {TypeError} naming the option and the rule that is broken */
export function readMessageOptions (options: MessageOptions & { readonly publicUrl?: string | undefined }): MessageSettings {
  const { eventHook, universalLogout, securityEvents, systemLog, publicUrl } = options
  return Object.freeze({
    eventHook: eventHook === undefined ? null : readEventHook(eventHook),
    universalLogout: universalLogout === undefined ? null : readUniversalLogout(universalLogout, publicUrl),
    securityEvents: securityEvents === undefined ? null : readSecurityEvents(securityEvents),
    systemLog: systemLog === undefined ? null : readSystemLog(systemLog)
  })
}

function readEventHook (options: EventHookOptions): MessageSettings['eventHook'] {
  assertObject('eventHook', options)
  assertKnownGroupOptions('eventHook', 'eventHook', options)
  const { secret, path } = options
  if (typeof secret !== 'string' || !FIELD_VALUE.test(secret) || secret.length < MIN_SECRET_LENGTH) {
    throw new TypeError(`eventHook.secret must be a string of at least ${MIN_SECRET_LENGTH} printable ASCII characters`)
  }
  return Object.freeze({ secret, path: readPath('eventHook.path', path, '/okta/events') })
}

function readUniversalLogout (options: UniversalLogoutOptions, publicUrl: string | undefined): MessageSettings['universalLogout'] {
  assertObject('universalLogout', options)
  assertKnownGroupOptions('universalLogout', 'universalLogout', options)
  const { clientId, path, audience, store } = options
  if (publicUrl === undefined && audience === undefined) throw new TypeError('universalLogout needs publicUrl, from which the expected audience is made, or an audience')
  return Object.freeze({
    clientId: readString('universalLogout.clientId', clientId),
    path: readPath('universalLogout.path', path, '/okta/universal-logout'),
    ...(audience === undefined ? {} : { audience: readString('universalLogout.audience', audience) }),
    ...(store === undefined ? {} : { store: readStore('universalLogout.store', store, ['use', 'release']) })
  })
}

function readSecurityEvents (options: SecurityEventsOptions): MessageSettings['securityEvents'] {
  assertObject('securityEvents', options)
  assertKnownGroupOptions('securityEvents', 'securityEvents', options)
  const { audience, authorization, revokeOn = EVENTS as readonly RevokingEvent[], path, store } = options
  if (authorization !== undefined && !(typeof authorization === 'string' && FIELD_VALUE.test(authorization))) {
    throw new TypeError('securityEvents.authorization must be a string of printable ASCII characters, without spaces around it')
  }
  if (!Array.isArray(revokeOn) || !revokeOn.every((name) => EVENTS.includes(name))) {
    throw new TypeError(`securityEvents.revokeOn must be an array of ${EVENTS.join(' and ')}`)
  }
  return Object.freeze({
    audience: readString('securityEvents.audience', audience),
    authorization,
    revokeOn: Object.freeze([...revokeOn as readonly RevokingEvent[]]),
    path: readPath('securityEvents.path', path, '/okta/security-events'),
    ...(store === undefined ? {} : { store: readStore('securityEvents.store', store, ['use', 'release']) })
  })
}

function readSystemLog (options: SystemLogOptions): MessageSettings['systemLog'] {
  assertObject('systemLog', options)
  assertKnownGroupOptions('systemLog', 'systemLog', options)
  const { pollSeconds, store } = options
  if (pollSeconds === undefined) throw new TypeError('systemLog.pollSeconds is required')
  return Object.freeze({
    pollSeconds: integer('systemLog.pollSeconds', pollSeconds, MIN_POLL_SECONDS, { min: MIN_POLL_SECONDS, max: MAX_POLL_SECONDS }),
    ...(store === undefined ? {} : { store: readStore('systemLog.store', store, ['lease', 'save']) })
  })
}

function readPath (option: string, path: string | undefined, fallback: string): string {
  if (path === undefined) return fallback
  if (typeof path !== 'string' || !PATH.test(path)) throw new TypeError(`${option} must be a path of letters, digits and -._~ such as ${fallback}, without a slash at the end`)
  return path
}

function readString (option: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${option} must be a string`)
  const issue = findStringIssue(value)
  if (issue !== null) throw new TypeError(`${option} ${issue}`)
  return value
}

function readStore<Store extends object> (option: string, store: Store, methods: ReadonlyArray<keyof Store & string>): Store {
  if (!isObject(store) || methods.some((method) => typeof store[method] !== 'function')) {
    throw new TypeError(`${option} must have the methods ${methods.join(' and ')}`)
  }
  return store
}
