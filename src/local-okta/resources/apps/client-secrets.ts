import { createHash } from 'node:crypto'
import { invalid } from '../../kernel/errors.js'
import { readObject, readOptionalText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest } from '../../kernel/route.js'
import type { ClientSecret } from './application.js'
import { Applications } from './store.js'
import { appOf } from './requested-app.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const MIN_SECRET_LENGTH = 14
const MAX_SECRET_LENGTH = 100
const STORES = { apps: Applications }

const { route } = routesOn(STORES)

/** `/apps/{appId}/credentials/secrets`: the secrets of a client, two at most. */
export const clientSecretRoutes = [
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/secrets',
    scope: READ,
    answer: (stores, request) => appOf(stores, request).secrets.map((secret) => toSecretView(stores.orgUrl, request, secret))
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/secrets',
    scope: MANAGE,
    status: 201,
    body: readNewSecret,
    answer: (stores, request) =>
      toSecretView(stores.orgUrl, request, stores.apps.addSecret(appOf(stores, request), request.body.secret, request.body.status))
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/secrets/{secretId}',
    scope: READ,
    answer: (stores, request) => toSecretView(stores.orgUrl, request, stores.apps.secretOf(appOf(stores, request), secretIdOf(request)))
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}/credentials/secrets/{secretId}',
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.apps.deleteSecret(appOf(stores, request), secretIdOf(request)) }
  }),
  ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
    method: 'POST',
    path: `/apps/{appId}/credentials/secrets/{secretId}/lifecycle/${operation}`,
    scope: MANAGE,
    answer: (stores, request) =>
      toSecretView(stores.orgUrl, request, stores.apps.setSecretStatus(appOf(stores, request), secretIdOf(request), status))
  }))
]

// SDKs ask for a new secret without a body
function readNewSecret (body: unknown): { secret: string | undefined, status: ClientSecret['status'] } {
  const json = body === undefined || body === null ? {} : readObject(body)
  const { status = 'ACTIVE' } = json
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw invalid('status', 'must be ACTIVE or INACTIVE')
  const secret = readOptionalText(json, 'client_secret')
  if (secret !== undefined && (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH)) {
    throw invalid('client_secret', `must be ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters long`)
  }
  return { secret, status }
}

function toSecretView (orgUrl: string, { params }: ApiRequest, { id, secret, status, created, lastUpdated }: ClientSecret): Record<string, unknown> {
  const href = `${orgUrl}/api/v1/apps/${params['appId']}/credentials/secrets/${id}`
  const next = status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    id,
    client_secret: secret,
    secret_hash: createHash('sha256').update(secret).digest('base64url'),
    status,
    created,
    lastUpdated,
    _links: {
      [next]: { href: `${href}/lifecycle/${next}`, hints: { allow: ['POST'] } },
      ...(status === 'INACTIVE' ? { delete: { href, hints: { allow: ['DELETE'] } } } : {})
    }
  }
}

function secretIdOf ({ params }: ApiRequest): string {
  return params['secretId'] ?? ''
}
