import type { TokenEndpointResponse } from 'oauth4webapi'
import { readIssuerUrl } from '../configuration.js'
import { CommandFailure, UsageError } from '../exit.js'
import { isLoopback } from '../../options/urls.js'
import { printable } from '../printable.js'
import { readSecret } from '../standard-input.js'
import type { Terminal } from '../terminal.js'
import { signIn } from './authorization-code.js'
import { describeTokenFailure, discover, type OAuthContext } from './authorization-server.js'
import { openBrowser } from './browser.js'
import { grantByDevice } from './device.js'
import { grantByClientCredentials, grantByPassword } from './grants.js'
import { LOCAL_OKTA } from './local-okta.js'

const USER_SCOPE = 'openid profile email'
const CALLBACK_TIMEOUT_SECONDS = 180

/** The options of `fastify-okta token`, read. */
export interface TokenRequest {
  readonly flow: 'pkce' | 'device' | 'client-credentials' | 'password'
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  readonly scope: string | undefined
  readonly user: string | undefined
  readonly callbackPort: number
  readonly timeoutSeconds: number | undefined
  readonly opensBrowser: boolean
}

/**
 * Obtains a token by the requested flow.
 *
 * @throws {UsageError} the options are not allowed there, or one is missing
 * @throws {CommandFailure} the authorization server issues no token
 */
export async function requestToken (request: TokenRequest, terminal: Terminal): Promise<TokenEndpointResponse> {
  const issuer = readIssuerUrl(request.issuer)
  const isLocal = isLoopback(issuer)
  if (request.flow === 'password' && !isLocal) {
    throw new UsageError('--password is for an issuer on the loopback', 'a password belongs into the browser: leave --password out')
  }
  const clientId = readClientId(request, isLocal)
  try {
    const context = await terminal.progress(`Reading the metadata of ${issuer.origin}`, discover(issuer, clientId))
    return await FLOWS[request.flow](context, request, terminal)
  } catch (error) {
    throw await describeTokenFailure(error, issuer)
  }
}

function readClientId ({ clientId, flow }: TokenRequest, isLocal: boolean): string {
  const configured = flow === 'client-credentials' ? undefined : process.env['OKTA_OAUTH2_CLIENTID'] || undefined
  const shipped = flow === 'client-credentials' ? LOCAL_OKTA.serviceClientId : LOCAL_OKTA.nativeClientId
  const id = clientId ?? configured ?? (isLocal ? shipped : undefined)
  if (id === undefined) throw new UsageError('--client-id is required', flow === 'client-credentials' ? undefined : 'or OKTA_OAUTH2_CLIENTID')
  return id
}

type Flow = (context: OAuthContext, request: TokenRequest, terminal: Terminal) => Promise<TokenEndpointResponse>

const FLOWS: Readonly<Record<TokenRequest['flow'], Flow>> = {
  async pkce (context, { scope = USER_SCOPE, user, callbackPort, timeoutSeconds = CALLBACK_TIMEOUT_SECONDS, opensBrowser }, terminal) {
    const show = (url: string): void => {
      terminal.note(`Sign in on this page:\n\n  ${url}\n`, { signInUrl: url })
      if (opensBrowser) openBrowser(url)
    }
    return await terminal.progress('Waiting for the browser',
      signIn(context, { scope, loginHint: user, callbackPort, timeoutMs: timeoutSeconds * 1000, show }))
  },

  async device (context, { scope = USER_SCOPE, timeoutSeconds }, terminal) {
    const show = ({ url, code }: { url: string, code: string }): void => {
      terminal.note(`Open this page on any device, and check that it shows the code ${printable(code)}:\n\n  ${printable(url)}\n`, { verificationUrl: url, userCode: code })
    }
    return await terminal.progress('Waiting for the sign-in', grantByDevice(context, { scope, timeoutSeconds, show }))
  },

  async 'client-credentials' (context, { scope }, terminal) {
    const { client_id: id } = context.client
    const isShipped = context.isLocal && id === LOCAL_OKTA.serviceClientId
    const secret = await readCredential('OKTA_CLIENT_SECRET', isShipped ? LOCAL_OKTA.serviceClientSecret : undefined, `Secret of the client ${id}: `)
    const granted = grantByClientCredentials(context, scope ?? (isShipped ? LOCAL_OKTA.serviceScope : undefined), secret)
    return await terminal.progress('Requesting a token', granted)
  },

  async password (context, { scope = USER_SCOPE, user }, terminal) {
    if (user === undefined) throw new UsageError('--password needs --user', 'such as --user ada@example.com')
    const isShipped = (LOCAL_OKTA.logins as readonly string[]).includes(user)
    const password = await readCredential('OKTA_USER_PASSWORD', isShipped ? LOCAL_OKTA.password : undefined, `Password of ${user}: `)
    return await terminal.progress('Requesting a token', grantByPassword(context, { user, password, scope }))
  }
}

/** From the environment, else the shipped one of the local Okta, else from the standard input; never from an argument, which `ps` shows. */
async function readCredential (variable: string, shipped: string | undefined, question: string): Promise<string> {
  const credential = process.env[variable] || shipped || await readSecret({ question })
  if (credential === '') throw new CommandFailure(`a secret is required: in ${variable}, or on the standard input`, { code: 'no_secret' })
  return credential
}
