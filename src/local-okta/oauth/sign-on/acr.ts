import { isMultiFactor } from '../authn/methods.js'

const ANY_TWO = 'urn:okta:loa:2fa:any'
const TWO_IF_POSSIBLE = 'urn:okta:loa:2fa:any:ifpossible'

/** What a sign-in is measured by. */
interface Reached {
  readonly amr: readonly string[]
  /** True if the user has a second factor. */
  readonly hasFactor: boolean
}

/** The levels that a sign-in can reach here. `phr` and `phrh` are not among them: there are no passkeys. */
const LEVELS: Readonly<Record<string, (reached: Reached) => boolean>> = {
  'urn:okta:loa:1fa:any': () => true,
  'urn:okta:loa:1fa:pwd': ({ amr }) => amr.includes('pwd'),
  [ANY_TWO]: ({ amr }) => isMultiFactor(amr),
  [TWO_IF_POSSIBLE]: ({ amr, hasFactor }) => isMultiFactor(amr) || !hasFactor
}

/** Their names. */
export const ACR_VALUES: readonly string[] = Object.keys(LEVELS)

/** The levels that `acr_values` requests and that exist here, in its order; others are ignored. */
export function requestedLevels (acrValues: unknown): string[] {
  return typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => Object.hasOwn(LEVELS, value)) : []
}

/** The first of the levels that the sign-in has reached, for `acr`. Undefined if it has reached none. */
export function reachedLevel (levels: readonly string[], reached: Reached): string | undefined {
  return levels.find((level) => LEVELS[level]?.(reached) === true)
}

/** True for a level that takes a second factor of a user who has one. */
export function asksForFactor (level: string | undefined): boolean {
  return level === ANY_TWO || level === TWO_IF_POSSIBLE
}

/** True for a level that a user without a second factor cannot reach. */
export function needsFactor (level: string): boolean {
  return level === ANY_TWO
}
