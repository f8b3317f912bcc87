import { OktaApiError } from '../../kernel/errors.js'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { ORG_ID } from '../../tokens/claims.js'
import { Records } from './store.js'

/** `/.well-known/okta-organization`: the org, and that it is of the classic engine: Identity Engine's protocol is not here. */
export function createOrgMetadata ({ orgUrl }: Kernel): Json {
  return { id: ORG_ID, pipeline: 'v1', _links: { organization: { href: orgUrl } } }
}

/**
 * `/.well-known/app-authenticator-configuration`: the authenticators that an app of an administrator's own can be enrolled in.
 *
 * @throws {OktaApiError} 400 E0000028 without the id of the app
 */
export function findAppAuthenticators (kernel: Kernel, clientId: unknown): Json[] {
  if (typeof clientId !== 'string' || clientId === '') throw new OktaApiError('E0000028')
  const own = kernel.store(Records).in('/authenticators').filter(({ status, body }) =>
    status === 'ACTIVE' && body['key'] === 'custom_app' && isObject(body['settings']) && body['settings']['appInstanceId'] === clientId)
  return own.map(({ key, created, lastUpdated, body }) => ({
    authenticatorId: key,
    orgId: ORG_ID,
    key: 'custom_app',
    name: body['name'],
    type: 'app',
    createdDate: created,
    lastUpdated,
    settings: body['settings'],
    supportedMethods: [{ type: 'push' }],
    appAuthenticatorEnrollEndpoint: `${kernel.orgUrl}/idp/authenticators`
  }))
}
