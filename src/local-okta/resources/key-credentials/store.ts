import { createHash, X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { invalid, notFound } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import { Applications } from '../apps/store.js'
import { Records } from '../crud/store.js'
import { createCertifiedKey, toCertifiedJwk } from './certificate.js'
import type { KeyCredential, KeyOwner } from './key-credential.js'
import { findKeyOwner } from './owner.js'
import type { OwnerKind } from './owner.js'

/** The key credentials of the apps and identity providers. */
export class KeyCredentials extends Store<KeyCredential> {
  constructor (kernel: Kernel) {
    super(kernel)
    const removeAll = ({ id }: { id: string }): void => { for (const key of this.ofOwner(id)) this.remove(key.id) }
    kernel.store(Applications).onDelete(removeAll)
    kernel.store(Records).onDelete(({ collection, key: id }) => { if (collection === '/idps') removeAll({ id }) })
  }

  /** The app or identity provider with this id. @throws {OktaApiError} 404 E0000007 */
  findOwner (kind: OwnerKind, id: string): KeyOwner {
    return findKeyOwner(this.kernel, kind, id)
  }

  /** The keys of an app or identity provider. */
  ofOwner (ownerId: string): KeyCredential[] {
    return this.all().filter((key) => key.ownerId === ownerId)
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (owner: KeyOwner, kid: string): KeyCredential {
    const key = this.findById(idOf(owner.id, kid))
    if (!key) throw notFound(kid, 'CredentialKey')
    return key
  }

  has (owner: KeyOwner, kid: string): boolean {
    return this.findById(idOf(owner.id, kid)) !== undefined
  }

  /** Makes a key with a certificate for these years, under this id or one of its own. */
  async generate (owner: KeyOwner, years: number, kid?: string): Promise<KeyCredential> {
    const made = await createCertifiedKey(owner.label, years, this.kernel.clock.now())
    const jwk = toCertifiedJwk(made)
    // another request may have made it meanwhile
    const known = kid === undefined ? undefined : this.findById(idOf(owner.id, kid))
    return known ?? this.#add(owner, kid === undefined ? jwk : { ...jwk, kid }, made.certificate)
  }

  /** Adds the key of a certificate. @throws {OktaApiError} 400 E0000001 if the owner has it */
  addCertificate (owner: KeyOwner, certificate: X509Certificate): KeyCredential {
    const kid = createHash('sha256').update(certificate.raw).digest('base64url')
    if (this.findById(idOf(owner.id, kid))) throw invalid('x5c', 'Key already exists in the list of key credentials.')
    return this.#add(owner, toCertified(certificate, kid), certificate.raw)
  }

  /** Puts another certificate in the place of a key's. The key id stays. */
  replace ({ id, jwk: { kid } }: KeyCredential, certificate: X509Certificate): KeyCredential {
    return this.change(id, { jwk: toCertified(certificate, kid), expiresAt: expiryOf(certificate) })
  }

  /** Gives a key to another owner as well. @throws {OktaApiError} 400 E0000001 if that one has it */
  share ({ jwk, expiresAt }: KeyCredential, owner: KeyOwner): KeyCredential {
    const id = idOf(owner.id, jwk.kid)
    if (this.findById(id)) throw invalid('targetAid', 'Key already exists in the list of key credentials for the target app.')
    return this.#announce('create', this.insert({ id, ownerId: owner.id, jwk, expiresAt }))
  }

  delete (key: KeyCredential): void {
    if (this.remove(key.id)) this.#announce('delete', key)
  }

  #add (owner: KeyOwner, jwk: KeyCredential['jwk'], certificate: Buffer): KeyCredential {
    return this.#announce('create', this.insert({ id: idOf(owner.id, jwk.kid), ownerId: owner.id, jwk, expiresAt: expiryOf(new X509Certificate(certificate)) }))
  }

  #announce (verb: 'create' | 'delete', key: KeyCredential): KeyCredential {
    this.kernel.log.announce(`security.key_credential.${verb}`, { id: key.jwk.kid, type: 'KeyCredential', alternateId: 'unknown', displayName: key.ownerId })
    return key
  }
}

function toCertified (certificate: X509Certificate, kid: string): KeyCredential['jwk'] {
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
  return { ...certificate.publicKey.export({ format: 'jwk' }) as JWK, kid, use: 'sig', x5c: [certificate.raw.toString('base64')], 'x5t#S256': thumbprint }
}

function expiryOf ({ validTo }: X509Certificate): string {
  return new Date(validTo).toISOString()
}

/** Reads a certificate in PEM, or in DER with or without base64. @throws {OktaApiError} 400 E0000001 */
export function readCertificate (text: string): X509Certificate {
  const der = /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : Buffer.from(text, 'latin1')
  try {
    return new X509Certificate(text.includes('-----BEGIN') ? text : der)
  } catch {
    throw invalid('certificate', 'The certificate is not valid.')
  }
}

function idOf (ownerId: string, kid: string): string {
  return `${ownerId}:${kid}`
}
