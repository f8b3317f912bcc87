import type { DpopSettings, SharedOptions } from '../options.js'
import { assertKnownGroupOptions } from './option-names.js'
import { assertObject, integer, isObject, MAX_ENTRIES } from './values.js'

const MODES: readonly unknown[] = ['off', 'allowed', 'required']
const MIN_NONCE_SECRET_BYTES = 32

/** @throws {TypeError} */
export function readDpop ({ publicUrl, dpop = {} }: SharedOptions): DpopSettings {
  assertObject('dpop', dpop)
  assertKnownGroupOptions('dpop', 'dpop', dpop)
  const { mode = publicUrl === undefined ? 'off' : 'allowed', nonceSecret, replayStore } = dpop
  if (!MODES.includes(mode)) throw new TypeError('dpop.mode must be off, allowed or required')
  if (mode !== 'off' && publicUrl === undefined) throw new TypeError('dpop needs publicUrl, which proofs are compared with')
  if (nonceSecret !== undefined && !(nonceSecret instanceof Uint8Array && nonceSecret.length >= MIN_NONCE_SECRET_BYTES)) {
    throw new TypeError(`dpop.nonceSecret must be a Uint8Array of at least ${MIN_NONCE_SECRET_BYTES} bytes`)
  }
  if (replayStore !== undefined && !(isObject(replayStore) && typeof replayStore.remember === 'function')) {
    throw new TypeError('dpop.replayStore must have a method remember')
  }
  return Object.freeze({
    mode,
    proofLifetimeSeconds: integer('dpop.proofLifetimeSeconds', dpop.proofLifetimeSeconds, 60),
    nonceLifetimeSeconds: integer('dpop.nonceLifetimeSeconds', dpop.nonceLifetimeSeconds, 0, { min: 0 }),
    maxReplays: integer('dpop.maxReplays', dpop.maxReplays, 200_000, { max: MAX_ENTRIES }),
    // A copy: changing the bytes later would change what replicas accept.
    ...(nonceSecret === undefined ? {} : { nonceSecret: Uint8Array.from(nonceSecret) }),
    ...(replayStore === undefined ? {} : { replayStore })
  })
}
