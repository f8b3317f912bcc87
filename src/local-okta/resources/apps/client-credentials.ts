import { invalid } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import type { Application, ClientKey, ClientSecret } from './application.js'
import { Applications } from './store.js'
import { appOf } from './requested-app.js'

type Credential = Pick<ClientKey | ClientSecret, 'id' | 'status' | 'created' | 'lastUpdated'>

/** What a kind of credentials of a client has of its own. The functions for one of them throw 404 E0000007 if there is none with the id. */
interface CredentialKind<Kind extends Credential, New> {
  /** What the paths call them. */
  readonly name: 'jwks' | 'secrets'
  readonly idName: 'keyId' | 'secretId'
  readonly list: (app: Application) => readonly Kind[]
  readonly read: (body: unknown) => New
  readonly add: (apps: Applications, app: Application, added: New) => Kind
  readonly get: (apps: Applications, app: Application, id: string) => Kind
  readonly setStatus: (apps: Applications, app: Application, id: string, status: Credential['status']) => Kind
  readonly remove: (apps: Applications, app: Application, id: string) => void
  /** The members that only this kind has. */
  readonly view: (credential: Kind) => Record<string, unknown>
}

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'

const { route } = routesOn({ apps: Applications })

/** The routes of `/apps/{appId}/credentials/jwks`, or of `/apps/{appId}/credentials/secrets`. */
export function credentialRoutes<Kind extends Credential, New> (kind: CredentialKind<Kind, New>): Route[] {
  const { name, idName, list, read, add, get, setStatus, remove } = kind
  const path = `/apps/{appId}/credentials/${name}`
  const onePath = `${path}/{${idName}}`
  const idIn = ({ params }: Pick<ApiRequest, 'params'>): string => params[idName] ?? ''
  const show = (orgUrl: string, app: Application, credential: Kind): Json => toView(`${orgUrl}/api/v1/apps/${app.id}/credentials/${name}`, kind, credential)

  return [
    route({
      method: 'GET',
      path,
      scope: READ,
      answer: (stores, request) => {
        const app = appOf(stores, request)
        return list(app).map((credential) => show(stores.orgUrl, app, credential))
      }
    }),
    route({
      method: 'POST',
      path,
      scope: MANAGE,
      status: 201,
      body: read,
      answer: (stores, request) => {
        const app = appOf(stores, request)
        return show(stores.orgUrl, app, add(stores.apps, app, request.body))
      }
    }),
    route({
      method: 'GET',
      path: onePath,
      scope: READ,
      answer: (stores, request) => {
        const app = appOf(stores, request)
        return show(stores.orgUrl, app, get(stores.apps, app, idIn(request)))
      }
    }),
    route({
      method: 'DELETE',
      path: onePath,
      scope: MANAGE,
      status: 204,
      answer: (stores, request) => { remove(stores.apps, appOf(stores, request), idIn(request)) }
    }),
    ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
      method: 'POST',
      path: `${onePath}/lifecycle/${operation}`,
      scope: MANAGE,
      answer: (stores, request) => {
        const app = appOf(stores, request)
        return show(stores.orgUrl, app, setStatus(stores.apps, app, idIn(request), status))
      }
    }))
  ]
}

/** Reads the status of new credentials. @throws {OktaApiError} 400 E0000001 */
export function readStatus ({ status = 'ACTIVE' }: Json): Credential['status'] {
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw invalid('status', 'must be ACTIVE or INACTIVE')
  return status
}

function toView<Kind extends Credential, New> (address: string, { view }: CredentialKind<Kind, New>, credential: Kind): Json {
  const { id, status, created, lastUpdated } = credential
  const href = `${address}/${id}`
  const next = status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    ...view(credential),
    id,
    status,
    created,
    lastUpdated,
    _links: {
      [next]: { href: `${href}/lifecycle/${next}`, hints: { allow: ['POST'] } },
      ...(status === 'INACTIVE' ? { delete: { href, hints: { allow: ['DELETE'] } } } : {})
    }
  }
}
