import { findIssuerIssue } from '../options/urls.js'
import { CommandFailure, UsageError } from './exit.js'

/** The issuer and the audiences that a command works with. */
export interface ConfiguredIssuer {
  readonly issuer: string
  readonly audiences: readonly string[]
}

/** The audience of Okta's `default` authorization server, and of the local Okta's. */
export const DEFAULT_AUDIENCE = 'api://default'
export const DEFAULT_LOCAL_OKTA_PORT = '4000'
const MAX_PORT = 65_535

/** Variables that these commands read, and that configure no service. */
const CREDENTIALS = new Set(['OKTA_CLIENT_SECRET', 'OKTA_USER_PASSWORD'])

/**
 * The issuer and the audience from the options, else from the environment, by the names that the greeting service uses;
 * without any `OKTA_` variable, those of a local Okta.
 *
 * @throws {UsageError} an option is wrong
 * @throws {CommandFailure} a variable is wrong
 */
export function readConfiguredIssuer (given: { issuer?: string | undefined, audience?: string | undefined }): ConfiguredIssuer {
  return {
    issuer: readIssuer(given.issuer),
    audiences: [given.audience ?? (process.env['OKTA_OAUTH2_AUDIENCE'] || DEFAULT_AUDIENCE)]
  }
}

/**
 * The issuer that tokens are requested from: the given one, or the configured one.
 *
 * @throws {UsageError} `--issuer` breaks a rule, which the message names
 * @throws {CommandFailure} the same of `OKTA_OAUTH2_ISSUER`
 */
export function readIssuerUrl (given: string | undefined): URL {
  return new URL(readIssuer(given))
}

function readIssuer (given: string | undefined): string {
  if (given !== undefined) {
    const issue = findIssuerIssue(given)
    if (issue !== null) throw new UsageError(`--issuer ${issue}`, 'such as https://dev-1.okta.com/oauth2/default')
    return given
  }
  const configured = process.env['OKTA_OAUTH2_ISSUER']?.trim() || undefined
  if (configured === undefined) return readLocalIssuer()
  const issue = findIssuerIssue(configured)
  if (issue !== null) throw new CommandFailure(`OKTA_OAUTH2_ISSUER ${issue}`, { code: 'settings' })
  return configured
}

/** A half-configured org must not be taken for the local Okta. */
function readLocalIssuer (): string {
  const isOktaConfigured = Object.entries(process.env).some(([name, value]) => name.startsWith('OKTA_') && value !== '' && !CREDENTIALS.has(name))
  if (isOktaConfigured) throw new CommandFailure('OKTA_OAUTH2_ISSUER is required: another OKTA_ variable is set', { code: 'settings', hint: 'or give --issuer' })
  const port = process.env['LOCAL_OKTA_PORT'] || DEFAULT_LOCAL_OKTA_PORT
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) throw new CommandFailure(`LOCAL_OKTA_PORT must be a port from 0 to ${MAX_PORT}`, { code: 'settings' })
  return `http://127.0.0.1:${port}/oauth2/default`
}
