import { didYouMean } from 'fastify-okta'

/** An environment variable that looks like a setting and is not one. */
export interface UnknownVariable {
  readonly name: string
  /** The setting that was probably meant; `null` if none is similar. */
  readonly suggestion: string | null
}

const LOOKS_LIKE_A_SETTING = /^(?:LOCAL_)?(?:OKTA|GREETING)_/i
/** Settings of the command `local-okta`, which may run in the same environment. */
const SETTINGS_OF_LOCAL_OKTA: readonly string[] = ['LOCAL_OKTA_HOST', 'LOCAL_OKTA_API_TOKEN']

/** The variables among `given` that begin as settings of this service do, and are neither in `known` nor of `local-okta`. */
export function findUnknownVariables (given: readonly string[], known: readonly string[]): UnknownVariable[] {
  return given
    .filter((name) => LOOKS_LIKE_A_SETTING.test(name) && !known.includes(name) && !SETTINGS_OF_LOCAL_OKTA.includes(name))
    .map((name) => ({ name, suggestion: mostSimilar(name, known) }))
}

/**
 * The known name with nearly the same letters; else one that ends as this does, as OKTA_OAUTH2_ISSUER for OKTA_ISSUER and
 * OKTA_CLIENT_TOKEN for OKTA_CLIENT_APITOKEN.
 */
function mostSimilar (name: string, known: readonly string[]): string | null {
  const letters = lettersOf(name)
  const similar = didYouMean(letters, known.map(lettersOf))
  return known.find((candidate) => lettersOf(candidate) === similar) ??
    known.find((candidate) => lettersOf(candidate).endsWith(lastWordOf(name)) || letters.endsWith(lastWordOf(candidate))) ?? null
}

function lastWordOf (name: string): string {
  return lettersOf(name.split('_').filter(Boolean).at(-1) ?? '')
}

/** Without letter case and underscores, which are what is misspelt most. */
function lettersOf (name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '')
}
