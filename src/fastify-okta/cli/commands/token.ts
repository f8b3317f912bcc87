import { defineCommand, type OptionTable, type OptionValues } from '../command.js'
import { EXIT, UsageError } from '../exit.js'
import type { TokenRequest } from '../token/request.js'

const options = {
  issuer: { type: 'string', value: 'URL', help: 'The authorization server. Default: OKTA_OAUTH2_ISSUER, or the local Okta (http://127.0.0.1:4000/oauth2/default).' },
  'client-id': { type: 'string', value: 'ID', help: 'Default: OKTA_OAUTH2_CLIENTID (not with --client-credentials), or the client of the local Okta that is meant for it.' },
  scope: { type: 'string', value: 'SCOPES', help: 'Separated by spaces. Default: "openid profile email"; with --client-credentials none, at the local Okta greet.' },
  user: { type: 'string', value: 'LOGIN', help: 'Who signs in, such as ada@example.com.' },
  'client-credentials': { type: 'boolean', help: 'A token for the client itself. Its secret: OKTA_CLIENT_SECRET, or the standard input.' },
  password: { type: 'boolean', help: 'A token for --user by password, from an issuer on the loopback only. The password: OKTA_USER_PASSWORD, as the local Okta has it, or the standard input.' },
  'no-browser': { type: 'boolean', help: 'Print the address to sign in at, and do not open it.' },
  'callback-port': { type: 'string', value: 'PORT', help: 'Where the browser comes back to: http://127.0.0.1:PORT/callback. Okta wants exactly this address among the sign-in redirect URIs of the client. Default: any free port, which the local Okta takes.' },
  timeout: { type: 'string', value: 'SECONDS', help: 'How long to wait for the sign-in. Default: 180.' },
  curl: { type: 'string', value: 'URL', help: 'Print a whole curl line for this address instead of the token.' }
} as const satisfies OptionTable

export default defineCommand({
  summary: 'Gets an access token, and prints it or a whole curl line.',
  usage: '[options]',
  description: `
Without --client-credentials and --password, somebody signs in in the browser: authorization code with PKCE, back to a port of
127.0.0.1. The token alone goes to the standard output, or with --json the token response; all else to the standard error.
It is written to no file. No secret is an option, since other users can read the arguments of a process with ps.

  curl -H "Authorization: Bearer $(fastify-okta token)" http://127.0.0.1:3000/greet
  fastify-okta token --password --user ada@example.com --curl http://127.0.0.1:3000/greet
  OKTA_CLIENT_SECRET=… fastify-okta token --client-credentials --client-id 0oa… --scope greet`,
  options,
  async run ({ options, terminal }) {
    const curl = options.curl === undefined ? undefined : readUrl(options.curl)
    const request = readRequest(options)
    const [{ requestToken }, { curlLine }] = await Promise.all([import('../token/request.js'), import('../token/curl-line.js')])
    const response = await requestToken(request, terminal)
    const line = curl === undefined ? undefined : curlLine(curl, response.access_token)
    terminal.result(line ?? response.access_token, line === undefined ? response : { ...response, curl: line })
    return EXIT.ok
  }
})

function readRequest (given: OptionValues<typeof options>): TokenRequest {
  if (given['client-credentials'] && given.password) throw new UsageError('--client-credentials and --password are two ways: choose one')
  if (given['client-credentials'] && given.user !== undefined) throw new UsageError('--client-credentials is for no --user')
  return {
    flow: given['client-credentials'] ? 'client-credentials' : given.password ? 'password' : 'pkce',
    issuer: given.issuer,
    clientId: given['client-id'],
    scope: given.scope,
    user: given.user,
    callbackPort: readNumber('--callback-port', given['callback-port'], 65_535) ?? 0,
    timeoutSeconds: readNumber('--timeout', given.timeout, 86_400),
    opensBrowser: !given['no-browser']
  }
}

function readNumber (option: string, text: string | undefined, greatest: number): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text) || Number(text) > greatest) throw new UsageError(`${option} must be a whole number up to ${greatest}`)
  return Number(text)
}

function readUrl (text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new UsageError('--curl must be an http or https URL')
}
