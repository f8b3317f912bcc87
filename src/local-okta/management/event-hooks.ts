import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import type { EventHook, EventHookChannel, NewEventHook } from '../org/event-hooks.js'
import type { Org } from '../org/org.js'
import { ADMINISTRATOR_ID } from '../seed.js'
import { readMember, readObject, readText, readTexts } from './body.js'
import type { Json } from './body.js'
import { invalid, notFound, OktaApiError } from './errors.js'
import { representEventHook } from './event-hook-representation.js'
import { principalOf, requireScope } from './principal.js'

const READ = ['okta.eventHooks.read', 'okta.eventHooks.manage']
const MANAGE = 'okta.eventHooks.manage'
const MOST_EVENT_TYPES = 300
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
/** The families that Okta sends to hooks; of the rest only the System Log knows. */
const ELIGIBLE = /^(group\.(application_assignment|lifecycle|privilege|profile|user_membership)|user\.(account|authentication|lifecycle|mfa\.factor|risk|session)|application\.(lifecycle|user_membership)|app\.oauth2\.as\.consent|system\.org\.rate_limit)\.[a-z_.]+$/
const INELIGIBLE = new Set(['user.lifecycle.delete.completed'])

/** `/eventHooks`: where the org's events go. Does NOT know filters. */
export function registerEventHooks (app: FastifyInstance, context: LocalOktaContext): void {
  const { org } = context
  app.get('/eventHooks', async (request) => {
    requireScope(principalOf(request), ...READ)
    return org.eventHooks.all().map((hook) => representEventHook(org, hook))
  })
  app.post('/eventHooks', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const hook = org.eventHooks.create(readEventHook(request.body), principalOf(request).userId ?? ADMINISTRATOR_ID)
    return representEventHook(org, hook)
  })
  app.get('/eventHooks/:eventHookId', async (request) => {
    requireScope(principalOf(request), ...READ)
    return representEventHook(org, findEventHook(org, request))
  })
  app.put('/eventHooks/:eventHookId', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const hook = findEventHook(org, request)
    org.eventHooks.replace(hook, readEventHook(request.body))
    return representEventHook(org, hook)
  })
  app.delete('/eventHooks/:eventHookId', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    const { id, status } = findEventHook(org, request)
    // which code Okta gives this is unconfirmed
    if (status === 'ACTIVE') throw new OktaApiError('E0000006')
    org.eventHooks.delete(id)
    return reply.code(204).send()
  })
  registerLifecycle(app, context)
}

function registerLifecycle (app: FastifyInstance, { org, deliveries }: LocalOktaContext): void {
  for (const [operation, status] of [['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const) {
    app.post(`/eventHooks/:eventHookId/lifecycle/${operation}`, async (request) => {
      requireScope(principalOf(request), MANAGE)
      const hook = findEventHook(org, request)
      org.eventHooks.setStatus(hook, status)
      return representEventHook(org, hook)
    })
  }
  app.post('/eventHooks/:eventHookId/lifecycle/verify', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const hook = findEventHook(org, request)
    if (!await deliveries.verify(hook)) throw invalid('uri', 'The endpoint does not answer the verification challenge')
    return representEventHook(org, hook)
  })
}

function findEventHook ({ eventHooks }: Org, request: FastifyRequest): EventHook {
  const { eventHookId } = request.params as { eventHookId: string }
  const hook = eventHooks.findById(eventHookId)
  if (!hook) throw notFound(eventHookId, 'Webhook')
  return hook
}

function readEventHook (body: unknown): NewEventHook {
  const json = readObject(body)
  const { description } = json
  return {
    name: readText(json, 'name'),
    description: typeof description === 'string' ? description : null,
    eventTypes: readEventTypes(readMember(json, 'events')),
    channel: readChannel(readMember(json, 'channel'))
  }
}

function readEventTypes (events: Json): string[] {
  if (events['type'] !== 'EVENT_TYPE') throw invalid('events.type', 'must be EVENT_TYPE')
  const { filter } = events
  if (filter !== undefined && filter !== null) throw new OktaApiError('E0000060')
  const eventTypes = readTexts(events, 'items')
  if (eventTypes.length === 0 || eventTypes.length > MOST_EVENT_TYPES) throw invalid('events.items', `must be 1 to ${MOST_EVENT_TYPES} event types`)
  const stranger = eventTypes.find((eventType) => !ELIGIBLE.test(eventType) || INELIGIBLE.has(eventType))
  if (stranger !== undefined) throw invalid('events.items', 'must be event types that are eligible for event hooks')
  return eventTypes
}

function readChannel (channel: Json): EventHookChannel {
  if (channel['type'] !== 'HTTP') throw invalid('channel.type', 'must be HTTP')
  if (channel['version'] !== '1.0.0') throw invalid('channel.version', 'must be 1.0.0')
  const config = readMember(channel, 'config')
  const { headers = [], authScheme } = config
  if (!Array.isArray(headers)) throw invalid('channel.config.headers', 'must be a list')
  return {
    uri: readUri(config),
    headers: headers.map((header) => readHeader(readObject(header))),
    authScheme: authScheme === undefined || authScheme === null ? null : readAuthScheme(readObject(authScheme))
  }
}

// Okta wants https. On this machine there is none to be had.
function readUri (config: Json): string {
  const uri = readText(config, 'uri')
  const { protocol, hostname } = URL.canParse(uri) ? new URL(uri) : { protocol: '', hostname: '' }
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return uri
  throw invalid('channel.config.uri', 'must be https, or http on the loopback')
}

function readAuthScheme (authScheme: Json): { key: string, value: string } {
  if (authScheme['type'] !== 'HEADER') throw invalid('channel.config.authScheme.type', 'must be HEADER')
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
