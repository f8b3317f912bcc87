import { randomBytes } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { LocalOkta } from 'local-okta'
import { DOCS_REDIRECT_PATH } from '../routes/docs/routes.js'
import { isLoopback } from '../settings/setting-definitions.js'
import type { Settings } from '../settings/settings.js'
import { toStartupError, StartupError } from './startup-error.js'

/** A user of the local Okta who is in the group that is greeted. */
export const MEMBER = 'ada@example.com'
/** A user of the local Okta who is not in it. */
export const STRANGER = 'grace@example.com'

/**
 * Starts the local Okta, with the group that the settings name and Ada in it. The SDK, which takes long to load, is loaded at the same time.
 *
 * @throws {StartupError} its port is taken, or its packages are not installed
 */
export async function bringUpLocalOkta ({ localOktaPort, greeting, publicUrl }: Settings): Promise<LocalOkta> {
  const [localOkta] = await Promise.all([
    importLocalOkta().then(async ({ startLocalOkta }) => await startLocalOkta({ port: localOktaPort, ...urisOf(publicUrl) })),
    import('@okta/okta-sdk-nodejs')
  ]).catch((error: unknown) => { throw toStartupError('LOCAL_OKTA_PORT', error) })
  const { groups } = localOkta
  const { id } = groups.find(greeting.group) ?? groups.create(greeting.group)
  groups.addUser(id, MEMBER)
  return localOkta
}

/**
 * The settings that depend on the local Okta. The secret of the event hook is new at each start. Universal Logout is on if the
 * local Okta can call the service by its public URL.
 */
export function settingsOf ({ issuer, audience, orgUrl, apiToken, clients }: LocalOkta, publicUrl: string | null) {
  const isReachable = publicUrl !== null && isLoopback(new URL(publicUrl))
  return {
    okta: { issuer, audience, directory: { orgUrl, token: apiToken } },
    pageClientId: clients.browser.clientId,
    eventHookSecret: randomBytes(32).toString('base64url'),
    universalLogoutClientId: isReachable ? clients.browser.clientId : null
  }
}

interface DeliverEventsOptions {
  /** Where the service listens already. */
  readonly origin: string
  /** What the audience of Universal Logout begins with. */
  readonly publicUrl: string | null
  readonly eventHookSecret: string
  /** `null` if Universal Logout is off. */
  readonly universalLogoutClientId: string | null
  readonly log: FastifyBaseLogger
}

/**
 * Registers the service's event hook, so that changes in the local Okta take effect at once, and its endpoint of Universal
 * Logout. If the hook fails, changes take a minute: that is a warning.
 */
export async function deliverEvents ({ eventHooks, universalLogout }: LocalOkta, { origin, publicUrl, eventHookSecret, universalLogoutClientId, log }: DeliverEventsOptions): Promise<void> {
  if (universalLogoutClientId !== null) universalLogout.register({ clientId: universalLogoutClientId, url: `${publicUrl}/okta/universal-logout` })
  try {
    await eventHooks.register({ url: `${origin}/okta/events`, secret: eventHookSecret })
  } catch (err) {
    log.warn({ err }, 'the local Okta cannot deliver events: what changes in it takes effect within a minute')
  }
}

/** Where Okta may redirect browsers to. */
function urisOf (publicUrl: string | null) {
  return publicUrl === null ? {} : { redirectUris: [`${publicUrl}/callback`, `${publicUrl}${DOCS_REDIRECT_PATH}`], postLogoutRedirectUris: [`${publicUrl}/`] }
}

async function importLocalOkta () {
  try {
    return await import('local-okta')
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StartupError('OKTA_OAUTH2_ISSUER is required: without it the local Okta is used, and the package oidc-provider, which that needs, is not installed', { cause })
  }
}
