import type { RevocationSettings, SharedOptions } from '../options.js'
import { assertKnownGroupOptions } from './option-names.js'
import { assertObject, integer, isObject, MAX_ENTRIES } from './values.js'

const STORE_METHODS = ['raise', 'readAll', 'subscribe'] as const

/** @throws {TypeError} */
export function readRevocation ({ revocation = {} }: SharedOptions): RevocationSettings {
  assertObject('revocation', revocation)
  assertKnownGroupOptions('revocation', 'revocation', revocation)
  const { store } = revocation
  if (store !== undefined && !(isObject(store) && STORE_METHODS.every((method) => typeof store[method] === 'function'))) {
    throw new TypeError('revocation.store must have the methods raise, readAll and subscribe')
  }
  return Object.freeze({
    maxWatermarks: integer('revocation.maxWatermarks', revocation.maxWatermarks, 100_000, { max: MAX_ENTRIES }),
    ...(store === undefined ? {} : { store })
  })
}
