import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { readObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import { Applications } from '../apps/store.js'
import { Records } from '../crud/store.js'
import { toKeyCredentialView } from './key-credential.js'
import type { KeyOwner } from './key-credential.js'
import { findKeyOwner } from './owner.js'
import type { OwnerKind } from './owner.js'
import { createSigningRequest } from './signing-request.js'
import { KeyCredentials, readCertificate } from './store.js'

/** A request for a certificate that is not published yet. */
interface SigningRequest extends Entity {
  readonly ownerId: string
  /** DER, in base64. */
  readonly csr: string
}

/** The certificate signing requests of the apps and identity providers. */
export class SigningRequests extends Store<SigningRequest> {
  constructor (kernel: Kernel) {
    super(kernel)
    const removeAll = (ownerId: string): void => { for (const request of this.ofOwner(ownerId)) this.remove(request.id) }
    kernel.store(Applications).onDelete(({ id }) => { removeAll(id) })
    kernel.store(Records).onDelete(({ collection, key }) => { if (collection === '/idps') removeAll(key) })
  }

  /** The app or identity provider with this id. @throws {OktaApiError} 404 E0000007 */
  ownerOf (kind: OwnerKind, id: string): KeyOwner {
    return findKeyOwner(this.kernel, kind, id)
  }

  ofOwner (ownerId: string): SigningRequest[] {
    return this.all().filter((request) => request.ownerId === ownerId)
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (owner: KeyOwner, id: string): SigningRequest {
    const request = this.findById(id)
    if (request?.ownerId !== owner.id) throw notFound(id, 'Csr')
    return request
  }

  async generate (owner: KeyOwner, metadata: Json): Promise<SigningRequest> {
    const csr = await createSigningRequest(metadata)
    return this.insert({ id: createId('csr'), ownerId: owner.id, csr: csr.toString('base64') })
  }

  delete ({ id }: SigningRequest): void {
    this.remove(id)
  }
}

const { route } = routesOn({ requests: SigningRequests, keys: KeyCredentials })

/** The routes of the signing requests of the apps or of the identity providers. `owner` and `request` are the parameters of the ids. */
export function createCsrRoutes (kind: OwnerKind, names: { readonly owner: string, readonly request: string }): Route[] {
  const csrs = `/${kind}/{${names.owner}}/credentials/csrs`
  const csr = `${csrs}/{${names.request}}`
  const [read, manage] = [`okta.${kind}.read`, `okta.${kind}.manage`]
  const ownerOf = ({ requests }: { requests: SigningRequests }, { params }: ApiRequest): KeyOwner => requests.ownerOf(kind, params[names.owner] ?? '')
  const find = (stores: { requests: SigningRequests }, request: ApiRequest) => {
    const owner = ownerOf(stores, request)
    return { owner, signingRequest: stores.requests.get(owner, request.params[names.request] ?? '') }
  }
  const view = ({ orgUrl }: { orgUrl: string }, one: SigningRequest): Json => toCsrView(one, `${orgUrl}/api/v1/${kind}/${one.ownerId}/credentials/csrs/${one.id}`)
  return [
    route({ method: 'GET', path: csrs, scope: read, answer: (stores, request) => stores.requests.ofOwner(ownerOf(stores, request).id).map((one) => view(stores, one)) }),
    route({
      method: 'POST',
      path: csrs,
      scope: manage,
      status: 201,
      body: readObject,
      answer: async (stores, request) => view(stores, await stores.requests.generate(ownerOf(stores, request), request.body))
    }),
    route({ method: 'GET', path: csr, scope: read, answer: (stores, request) => view(stores, find(stores, request).signingRequest) }),
    route({ method: 'DELETE', path: csr, scope: manage, status: 204, answer: (stores, request) => { stores.requests.delete(find(stores, request).signingRequest) } }),
    route({
      method: 'POST',
      path: `${csr}/lifecycle/publish`,
      scope: manage,
      status: 201,
      body: readFile,
      answer: (stores, request) => {
        const { owner, signingRequest } = find(stores, request)
        const certificate = readCertificate(request.body)
        if (!isFor(signingRequest, certificate.publicKey.export({ format: 'der', type: 'spki' }))) throw invalid('certificate', 'The certificate does not match the CSR.')
        const key = stores.keys.addCertificate(owner, certificate)
        stores.requests.delete(signingRequest)
        return toKeyCredentialView(key)
      }
    })
  ]
}

function readFile (body: unknown): string {
  if (typeof body !== 'string' || body === '') throw new OktaApiError('E0000003')
  return body
}

// the request holds the public key as it is encoded in the certificate
function isFor ({ csr }: SigningRequest, publicKey: Buffer): boolean {
  return Buffer.from(csr, 'base64').includes(publicKey)
}

function toCsrView ({ id, csr, created }: SigningRequest, href: string): Json {
  return {
    id,
    created,
    csr,
    kty: 'RSA',
    _links: { self: { href, hints: { allow: ['GET', 'DELETE'] } }, publish: { href: `${href}/lifecycle/publish`, hints: { allow: ['POST'] } } }
  }
}
