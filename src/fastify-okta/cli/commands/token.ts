import { defineCommand, type OptionTable, type OptionValues } from '../command.js'
import { EXIT, UsageError } from '../exit.js'
import type { TokenRequest } from '../token/request.js'

const options = {
  issuer: { type: 'string', value: 'URL', help: 'The authorization server. Default: OKTA_OAUTH2_ISSUER, or the local Okta (http://127.0.0.1:4000/oauth2/default).' },
  'client-id': { type: 'string', value: 'ID', help: 'Default: OKTA_OAUTH2_CLIENTID (not with --client-credentials), or the local Okta\'s client for the command line.' },
  scope: { type: 'string', value: 'SCOPES', help: 'Separated by spaces. Default: "openid profile email"; with --client-credentials none, or greet at the local Okta.' },
  user: { type: 'string', value: 'LOGIN', help: 'The login of the user, such as ada@example.com.' },
  device: { type: 'boolean', help: 'A token for a user who signs in on another device, by a code: for machines without a browser. The client needs the grant "Device Authorization".' },
  'client-credentials': { type: 'boolean', help: 'A token for the client itself. Its secret: OKTA_CLIENT_SECRET, or the standard input.' },
  password: { type: 'boolean', help: 'A token for --user by password, from an issuer on the loopback only. The password: OKTA_USER_PASSWORD, the one of the local Okta\'s seed, or the standard input.' },
  'no-browser': { type: 'boolean', help: 'Print the sign-in URL, and do not open it.' },
  'callback-port': { type: 'string', value: 'PORT', help: 'The port of the redirect URI http://127.0.0.1:PORT/callback, which must be a sign-in redirect URI of the client. Default: any free port, which the local Okta accepts.' },
  timeout: { type: 'string', value: 'SECONDS', help: 'How long to wait for the sign-in. Default: 180; with --device as long as the code is valid.' },
  curl: { type: 'string', value: 'URL', help: 'Print a curl command for this URL instead of the token.' }
} as const satisfies OptionTable

/** Each an option; without one of them: the authorization code with PKCE. */
const FLOWS = ['device', 'client-credentials', 'password'] as const

export default defineCommand({
  summary: 'Obtains an access token, and prints it or a curl command.',
  usage: '[options]',
  description: `
Without --device, --client-credentials and --password, a user signs in in the browser: authorization code with PKCE,
redirected to a port of 127.0.0.1. Only the token goes to the standard output, or the token response with --json; everything
else goes to the standard error. It is written to no file. No secret is an option: other users can read arguments with ps.

  curl -H "Authorization: Bearer $(fastify-okta token)" http://127.0.0.1:3000/greet
  fastify-okta token --password --user ada@example.com --curl http://127.0.0.1:3000/greet
  fastify-okta token --device
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
  const flows = FLOWS.filter((flow) => given[flow])
  if (flows.length > 1) throw new UsageError(`${flows.map((flow) => `--${flow}`).join(' and ')} exclude each other: choose one`)
  if (given['client-credentials'] && given.user !== undefined) throw new UsageError('--client-credentials is for no user: leave --user out')
  return {
    flow: flows[0] ?? 'pkce',
    issuer: given.issuer,
    clientId: given['client-id'],
    scope: given.scope,
    user: given.user,
    callbackPort: readNumber('--callback-port', given['callback-port'], 65_535) ?? 0,
    timeoutSeconds: readNumber('--timeout', given.timeout, 86_400),
    opensBrowser: !given['no-browser']
  }
}

function readNumber (option: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,6}$/.test(text) || Number(text) > max) throw new UsageError(`${option} must be a whole number up to ${max}`)
  return Number(text)
}

function readUrl (text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new UsageError('--curl must be an http or https URL')
}
