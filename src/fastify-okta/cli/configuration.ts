import { readOptions } from '../options.js'
import { CommandFailure, UsageError } from './exit.js'

/** Whose tokens are meant. */
export interface ConfiguredIssuer {
  readonly issuer: string
  readonly audiences: readonly string[]
}

/** The audience of the `default` authorization server, of Okta and of the local Okta. */
const DEFAULT_AUDIENCE = 'api://default'
const DEFAULT_LOCAL_OKTA_PORT = '4000'

/**
 * The issuer and the audience that the service is configured with in the environment, the local Okta if it is
 * configured with none. A value that is given is used instead. Does NOT read the service's configuration files.
 *
 * @throws {CommandFailure} a setting is wrong
 */
export function readConfiguredIssuer (given: { issuer?: string | undefined, audience?: string | undefined }): ConfiguredIssuer {
  const { issuer, audience } = given
  if (issuer !== undefined && audience !== undefined) return { issuer, audiences: [audience] }
  const configured = readEnvironment()
  return { issuer: issuer ?? configured.issuer, audiences: audience !== undefined ? [audience] : configured.audiences }
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

/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
export function isLoopback ({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function readEnvironment (): ConfiguredIssuer {
  const { OKTA_OAUTH2_ISSUER, OKTA_OAUTH2_AUDIENCE, LOCAL_OKTA_PORT } = process.env
  const issuer = OKTA_OAUTH2_ISSUER || `http://127.0.0.1:${LOCAL_OKTA_PORT || DEFAULT_LOCAL_OKTA_PORT}/oauth2/default`
  const audience = OKTA_OAUTH2_AUDIENCE || DEFAULT_AUDIENCE
  try {
    readOptions({ issuer, audience })
  } catch (error) {
    if (error instanceof TypeError) throw new CommandFailure(error.message.replace(/^issuer/, 'OKTA_OAUTH2_ISSUER').replace(/^audience/, 'OKTA_OAUTH2_AUDIENCE'), { code: 'settings' })
    throw error
  }
  return { issuer, audiences: [audience] }
}
