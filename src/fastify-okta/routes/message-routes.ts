import type { FastifyInstance } from 'fastify'
import { EventHook } from '../okta/events/event-hook.js'
import type { OktaOrg } from '../okta/events/okta-org.js'
import { SecurityEvents } from '../okta/events/security-events.js'
import type { SeenEvents } from '../okta/events/seen-events.js'
import { UniversalLogout } from '../okta/events/universal-logout.js'
import { UsedMessages } from '../okta/events/used-messages.js'
import type { Settings } from '../options.js'
import { eventHookRoute } from './event-hook-route.js'
import type { MessageLog } from './message-log.js'
import { securityEventsRoute } from './security-events-route.js'
import { universalLogoutRoute } from './universal-logout-route.js'

interface MessageRoutesOptions {
  readonly settings: Settings
  readonly orgs: readonly OktaOrg[]
  readonly messages: MessageLog
  readonly seen: SeenEvents
}

/**
 * Mounts the routes that Okta calls, those that are configured, in the scope in which the plugin is registered. Each has a
 * scope of its own, so that its content type parser is not the application's.
 */
export function mountMessageRoutes (fastify: FastifyInstance, { settings, orgs, messages, seen }: MessageRoutesOptions): void {
  const { eventHook, universalLogout, securityEvents, publicUrl, realm, clockToleranceSeconds } = settings
  if (eventHook !== null) {
    fastify.register(eventHookRoute, { ...eventHook, eventHook: new EventHook({ orgs, seen }), messages })
  }
  if (universalLogout !== null) {
    const { path, clientId, audience = `${publicUrl as string}${fastify.prefix}${path}`, store = null } = universalLogout
    const receiver = new UniversalLogout({ orgs, clientId, audience, usedMessages: new UsedMessages(store), clockToleranceSeconds })
    fastify.register(universalLogoutRoute, { path, realm, universalLogout: receiver, messages })
  }
  if (securityEvents !== null) {
    const { path, audience, authorization, revokeOn, store = null } = securityEvents
    const receiver = new SecurityEvents({ orgs, audience, authorization, revokeOn, usedMessages: new UsedMessages(store) })
    fastify.register(securityEventsRoute, { path, securityEvents: receiver, messages })
  }
}
