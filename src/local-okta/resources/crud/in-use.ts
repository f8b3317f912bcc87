import { OktaApiError } from '../../kernel/errors.js'
import type { Collection } from './definitions.js'
import { Records } from './store.js'

/**
 * Refuses to delete an object whose id stands in one of another collection, or below it: a zone that a policy or a rule names.
 * Which code Okta gives with a conflict is unconfirmed.
 */
export function refuseIfUsedIn (path: string, refuse: (cause: string) => OktaApiError = conflict): NonNullable<Collection['checkRemoval']> {
  return (kernel, { key }, verb) => {
    if (verb !== 'delete') return
    const user = kernel.store(Records).all().find(({ collection, body }) => collection.startsWith(path) && names(body, key))
    if (user) throw refuse(`It is used in ${user.collection}/${user.key}.`)
  }
}

function conflict (cause: string): OktaApiError {
  return new OktaApiError('E0000195', undefined, [cause])
}

function names (value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return value === id
  return Object.values(value).some((inner) => names(inner, id))
}
