import type { TokenEndpointResponse } from 'oauth4webapi'
import { isLoopback, readIssuerToAsk } from '../configuration.js'
import { CommandFailure, UsageError } from '../exit.js'
import { readSecret } from '../standard-input.js'
import type { Terminal } from '../terminal.js'
import { signIn } from './authorization-code.js'
import { discover, nameTokenFault, type Asked } from './authorization-server.js'
import { openBrowser } from './browser.js'
import { grantByClientCredentials, grantByPassword } from './grants.js'
import { readLocalDefaults, type LocalDefaults } from './local-defaults.js'

const USER_SCOPE = 'openid profile email'
const CALLBACK_TIMEOUT_SECONDS = 180

/** What was asked for. */
export interface TokenRequest {
  readonly flow: 'pkce' | 'client-credentials' | 'password'
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  readonly scope: string | undefined
  readonly user: string | undefined
  readonly callbackPort: number
  readonly timeoutSeconds: number | undefined
  readonly opensBrowser: boolean
}

/**
 * Gets a token the way that was asked for.
 *
 * @throws {UsageError} what was asked for is not allowed, or not enough
 * @throws {CommandFailure} there is no token to be had
 */
export async function requestToken (request: TokenRequest, terminal: Terminal): Promise<TokenEndpointResponse> {
  const issuer = readIssuerToAsk(request.issuer)
  const local = isLoopback(issuer) ? await readLocalDefaults() : undefined
  if (request.flow === 'password' && local === undefined) {
    throw new UsageError('--password is for an issuer on the loopback', 'a password belongs into the browser and nowhere else: leave --password out')
  }
  const clientId = readClientId(request, local)
  try {
    const asked = await terminal.progress(`Asking ${issuer.origin}`, discover(issuer, clientId))
    return await FLOWS[request.flow](asked, request, local, terminal)
  } catch (error) {
    throw await nameTokenFault(error, issuer)
  }
}

function readClientId ({ clientId, flow }: TokenRequest, local: LocalDefaults | undefined): string {
  const configured = flow === 'client-credentials' ? undefined : process.env['OKTA_OAUTH2_CLIENTID'] || undefined
  const usual = flow === 'client-credentials' ? local?.serviceClientId : local?.nativeClientId
  const id = clientId ?? configured ?? usual
  if (id === undefined) throw new UsageError('--client-id is required', flow === 'client-credentials' ? undefined : 'or OKTA_OAUTH2_CLIENTID')
  return id
}

type Flow = (asked: Asked, request: TokenRequest, local: LocalDefaults | undefined, terminal: Terminal) => Promise<TokenEndpointResponse>

const FLOWS: Readonly<Record<TokenRequest['flow'], Flow>> = {
  async pkce (asked, { scope = USER_SCOPE, user, callbackPort, timeoutSeconds = CALLBACK_TIMEOUT_SECONDS, opensBrowser }, _local, terminal) {
    const show = (url: string): void => {
      terminal.note(`Sign in on this page:\n\n  ${url}\n`, { signInUrl: url })
      if (opensBrowser) openBrowser(url)
    }
    return await terminal.progress('Waiting for the browser',
      signIn(asked, { scope, loginHint: user, callbackPort, timeoutMs: timeoutSeconds * 1000, show }))
  },

  async 'client-credentials' (asked, { scope }, local, terminal) {
    const { client_id: id } = asked.client
    const secret = await readCredential('OKTA_CLIENT_SECRET', local?.secretOf(id), `Secret of the client ${id}: `)
    const granted = grantByClientCredentials(asked, scope ?? (id === local?.serviceClientId ? local.serviceScope : undefined), secret)
    return await terminal.progress('Asking for a token', granted)
  },

  async password (asked, { scope = USER_SCOPE, user }, local, terminal) {
    if (user === undefined) throw new UsageError('--password needs --user', 'such as --user ada@example.com')
    const password = await readCredential('OKTA_USER_PASSWORD', local?.passwordOf(user), `Password of ${user}: `)
    return await terminal.progress('Asking for a token', grantByPassword(asked, { user, password, scope }))
  }
}

/** From the environment, else as the local Okta has it, else from the standard input; never from an argument, which `ps` shows. */
async function readCredential (variable: string, usual: string | undefined, question: string): Promise<string> {
  const credential = process.env[variable] || usual || await readSecret({ question })
  if (credential === '') throw new CommandFailure(`a secret is required: in ${variable}, or on the standard input`, { code: 'no_secret' })
  return credential
}
