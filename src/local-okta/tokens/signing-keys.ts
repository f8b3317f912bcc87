import { createHash, createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'

const generateKeyPairAsync = promisify(generateKeyPair)
const MODULUS_BITS = 2048
/**
 * A new key comes as DER, to be imported. Node 20 may wait forever where a key object fresh from its making is exported:
 * export holds the key's lock while it allocates, and a collection of garbage that takes away the job that made the key
 * waits for the same lock.
 */
const NEW_KEY = {
  modulusLength: MODULUS_BITS,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' }
} as const

/** Okta's words: the key that signs, the one that will sign next, and one that signs no more. */
export type SigningKeyStatus = 'ACTIVE' | 'NEXT' | 'EXPIRED'

/** The public half of a signing key, as `/v1/keys` publishes it. */
export interface PublicSigningKey {
  readonly kid: string
  readonly status: SigningKeyStatus
  readonly jwk: JWK
}

/** A key pair and its `kid` (the RFC 7638 thumbprint). */
export interface KeyPair {
  readonly kid: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
  readonly privateKey: KeyObject
}

/** Makes an RSA-2048 key pair for RS256, beside whatever else goes on. */
export async function createKeyPair (): Promise<KeyPair> {
  return ofDer(await generateKeyPairAsync('rsa', NEW_KEY))
}

/** Makes the same at once, and holds everything up for a tenth of a second or two. */
export function createKeyPairSync (): KeyPair {
  return ofDer(generateKeyPairSync('rsa', NEW_KEY))
}

/** Takes a private key as it is given; gives none where it is no private RSA key of 2048 bits or more. */
export function importKeyPair (jwk: JWK): KeyPair | undefined {
  const privateKey = privateKeyOf(jwk)
  const { modulusLength = 0 } = privateKey?.asymmetricKeyDetails ?? {}
  if (privateKey?.asymmetricKeyType !== 'rsa' || modulusLength < MODULUS_BITS) return undefined
  return describe(privateKey)
}

function privateKeyOf (jwk: JWK): KeyObject | undefined {
  try {
    return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}

function ofDer ({ privateKey }: { privateKey: Buffer }): KeyPair {
  return describe(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }))
}

function describe (privateKey: KeyObject): KeyPair {
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const { e, kty, n } = publicJwk
  // RFC 7638 section 3: the required members, in the order of their names
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url')
  const naming = { kid, alg: 'RS256', use: 'sig' }
  return {
    kid,
    publicJwk: { ...publicJwk as JWK, ...naming },
    privateJwk: { ...privateKey.export({ format: 'jwk' }) as JWK, ...naming },
    privateKey
  }
}

/**
 * The signing keys of one authorization server. The next key is published
 * before it signs, an earlier one until it is retired.
 */
export class SigningKeys {
  #active: KeyPair
  #next: KeyPair
  #published: KeyPair[]
  readonly #retired = new Map<string, KeyPair>()

  constructor (active: KeyPair, next: KeyPair) {
    this.#active = active
    this.#next = next
    this.#published = [active, next]
  }

  /** The two keys a server starts with: those that are given, and new ones for those that are not. */
  static async create ([active, next]: readonly KeyPair[]): Promise<SigningKeys> {
    return new SigningKeys(...await Promise.all([active ?? createKeyPair(), next ?? createKeyPair()]))
  }

  /** The same at once: see {@link createKeyPairSync}. */
  static createSync ([active, next]: readonly KeyPair[]): SigningKeys {
    return new SigningKeys(active ?? createKeyPairSync(), next ?? createKeyPairSync())
  }

  /** The key that signs. */
  get active (): KeyPair {
    return this.#active
  }

  /** The published keys, in no order that means anything. */
  get published (): readonly KeyPair[] {
    return this.#published
  }

  /** The published keys and what each is for; public halves only. */
  list (): PublicSigningKey[] {
    return this.#published.map(({ kid, publicJwk }) => ({ kid, status: this.#statusOf(kid), jwk: { ...publicJwk } }))
  }

  /** The key pair of this `kid`, also one that is retired. */
  find (kid: string): KeyPair | undefined {
    return this.#published.find((key) => key.kid === kid) ?? this.#retired.get(kid)
  }

  /** Makes the next key active and publishes a new next one. The old key stays published. */
  async rotate (): Promise<void> {
    const next = await createKeyPair()
    this.#active = this.#next
    this.#next = next
    this.#published = [...this.#published, next]
  }

  /**
   * Takes a key out of `/v1/keys`: what it signed no longer verifies.
   *
   * @throws {TypeError} when the key is not published, or is the active or the next one
   */
  retire (kid: string): void {
    const key = this.#published.find((published) => published.kid === kid)
    if (!key) throw new TypeError(`no published key has the kid ${kid}`)
    if (this.#statusOf(kid) !== 'EXPIRED') throw new TypeError('only a key that signs no more can be retired: rotate first')
    this.#published = this.#published.filter((published) => published !== key)
    this.#retired.set(kid, key)
  }

  #statusOf (kid: string): SigningKeyStatus {
    if (kid === this.#active.kid) return 'ACTIVE'
    return kid === this.#next.kid ? 'NEXT' : 'EXPIRED'
  }
}
