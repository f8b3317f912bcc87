import { readSettings } from 'greeting/INTERNAL/settings/config.js'
import { isLoopback } from 'greeting/INTERNAL/settings/setting-definitions.js'
import { SettingsError, type Settings } from 'greeting/INTERNAL/settings/settings.js'
import { CommandFailure, UsageError } from './exit.js'

/** Whose tokens are meant. */
export interface ConfiguredIssuer {
  readonly issuer: string
  readonly audiences: readonly string[]
}

/** The one audience of a local Okta's `default` server, and the usual one of Okta's. */
const USUAL_AUDIENCE = 'api://default'

/**
 * The issuer and the audience that the service is configured with, the local Okta where it is configured with none;
 * what is given goes over that. The settings are not so much as read where they would not be used.
 *
 * @throws {CommandFailure} the settings are wrong
 */
export function readConfiguredIssuer (given: { issuer?: string | undefined, audience?: string | undefined }): ConfiguredIssuer {
  const { issuer, audience } = given
  if (issuer !== undefined && audience !== undefined) return { issuer, audiences: [audience] }
  const { okta, localOktaPort } = readServiceSettings()
  const audiences = okta?.audience ?? USUAL_AUDIENCE
  return {
    issuer: issuer ?? okta?.issuer ?? localIssuer(localOktaPort),
    audiences: audience !== undefined ? [audience] : typeof audiences === 'string' ? [audiences] : audiences
  }
}

/**
 * The issuer that is asked for tokens: the one that is given, or the configured one.
 *
 * @throws {UsageError} it is no URL that secrets may be sent to
 */
export function readIssuerToAsk (given: string | undefined): URL {
  const issuer = given ?? readConfiguredIssuer({}).issuer
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url
  throw new UsageError('--issuer must be an https URL, such as https://dev-1.okta.com/oauth2/default (plain http on the loopback only)')
}

export { isLoopback }

function localIssuer (port: number): string {
  return `http://127.0.0.1:${port}/oauth2/default`
}

function readServiceSettings (): Settings {
  try {
    return readSettings()
  } catch (error) {
    throw error instanceof SettingsError ? nameSettingFaults(error) : error
  }
}

/**
 * Says in one line what is wrong with the settings, by the option where it came from one.
 *
 * @param options the option that each setting can be given with
 */
export function nameSettingFaults ({ faults }: SettingsError, options: ReadonlyMap<string, string> = new Map()): CommandFailure {
  const message = faults.map(fault => `${options.get(fault.name) ?? fault.name} ${fault.message}`).join('; ')
  return faults.some(({ name }) => options.has(name)) ? new UsageError(message) : new CommandFailure(message, { code: 'settings' })
}
