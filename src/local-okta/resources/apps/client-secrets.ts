import { createHash } from 'node:crypto'
import { invalid } from '../../kernel/errors.js'
import { readObject, readOptionalText } from '../../kernel/json.js'
import type { ClientSecret } from './application.js'
import { credentialRoutes, readStatus } from './client-credentials.js'

const MIN_SECRET_LENGTH = 14
const MAX_SECRET_LENGTH = 100

/** `/apps/{appId}/credentials/secrets`: the secrets of a client, two at most. */
export const clientSecretRoutes = credentialRoutes({
  name: 'secrets',
  idName: 'secretId',
  list: ({ secrets }) => secrets,
  read: readNewSecret,
  add: (apps, app, { secret, status }) => apps.addSecret(app, secret, status),
  get: (apps, app, id) => apps.secretOf(app, id),
  setStatus: (apps, app, id, status) => apps.setSecretStatus(app, id, status),
  remove: (apps, app, id) => { apps.deleteSecret(app, id) },
  view: ({ secret }) => ({ client_secret: secret, secret_hash: createHash('sha256').update(secret).digest('base64url') })
})

// SDKs ask for a new secret without a body
function readNewSecret (body: unknown): { secret: string | undefined, status: ClientSecret['status'] } {
  const json = body === undefined || body === null ? {} : readObject(body)
  const status = readStatus(json)
  const secret = readOptionalText(json, 'client_secret')
  if (secret !== undefined && (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH)) {
    throw invalid('client_secret', `must be ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters long`)
  }
  return { secret, status }
}
