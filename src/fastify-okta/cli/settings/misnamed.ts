import { didYouMean } from '../../options/did-you-mean.js'
import type { SettingStrings } from './service-settings.js'
import { SETTINGS, type SettingName, type SettingsCheckId } from './definitions.js'

/** A variable that looks like a setting of the service, and is not one: the service ignores it. */
export interface MisnamedVariable {
  readonly name: string
  /** The setting that was probably meant. */
  readonly suggestion: SettingName
  /** The check that the suggestion belongs to. */
  readonly check: SettingsCheckId
  /** Whether the suggestion is set as well, so nothing is missing. */
  readonly isSuggestionSet: boolean
}

const LOOKS_LIKE_A_SETTING = /^(?:LOCAL_)?(?:OKTA|GREETING)_/i
/** Variables that only the commands read. */
const OF_COMMANDS = new Set(['OKTA_CLIENT_SECRET', 'OKTA_USER_PASSWORD'])

/** Variables that are not empty and not settings, with a setting of a similar name. */
export function findMisnamed (environment: NodeJS.ProcessEnv, given: SettingStrings): MisnamedVariable[] {
  const known = Object.keys(SETTINGS) as SettingName[]
  // OKTA_OAUTH2_ENDPOINT is not meant for a collector.
  const likely = known.filter((name) => !name.startsWith('OTEL_'))
  const names = Object.keys(environment).filter((name) => LOOKS_LIKE_A_SETTING.test(name) && environment[name]?.trim() !== '')
  return names.filter((name) => !known.includes(name as SettingName) && !OF_COMMANDS.has(name)).flatMap((name) => {
    const suggestion = mostSimilar(name, likely)
    if (suggestion === undefined) return []
    return [{ name, suggestion, check: SETTINGS[suggestion].check, isSuggestionSet: given[suggestion] !== undefined }]
  })
}

/** The setting with nearly the same letters, else one that ends as this does: OKTA_OAUTH2_ISSUER for OKTA_ISSUER. */
function mostSimilar (name: string, known: readonly SettingName[]): SettingName | undefined {
  const similar = didYouMean(lettersOf(name), known.map(lettersOf))
  const lastWord = lettersOf(name.split('_').at(-1) ?? '')
  return known.find((candidate) => lettersOf(candidate) === similar) ??
    (lastWord === '' ? undefined : known.find((candidate) => lettersOf(candidate).endsWith(lastWord)))
}

function lettersOf (name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '')
}
