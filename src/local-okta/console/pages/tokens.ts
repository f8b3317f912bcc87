import { decodeJwt } from 'jose'
import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import type { Page } from '../../pages/html.js'
import { isActive } from '../../resources/users/user.js'
import { AppUsers } from '../../resources/apps/app-users.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { ServerScopes } from '../../resources/authorization-servers/parts.js'
import { DEFAULT_SERVER_ID } from '../../resources/authorization-servers/store.js'
import { Users } from '../../resources/users/store.js'
import { mintAccessToken } from '../../oauth/mint.js'
import type { MintOptions } from '../../oauth/mint-options.js'
import { TooManyGroupsError } from '../../oauth/server-claims.js'
import { checkboxes, postForm, section, selectField, statusName, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { personField } from '../person-field.js'
import { isClient } from './applications.js'

const PATH = `${CONSOLE}/tokens` as const
const DEFAULT_SCOPES = ['openid', 'profile', 'email']
const DEFAULT_API = 'http://127.0.0.1:3000/greet'
const TOKEN_MADE = { text: 'The access token is issued.', isError: false }
/** Of these, client credentials get none. */
const USER_SCOPES = ['openid', 'offline_access']

/** Tokens: an access token of the `default` server for a person, an application and scopes, and the `curl` line. */
export function registerTokensPage (app: FastifyInstance, parts: ConsoleParts): void {
  registerPage(app, PATH, (request) => tokensPage(parts, request))
  registerAction(app, PATH, async (request) => {
    const url = apiIn(request.form)
    return tokensPage(parts, { ...request, message: TOKEN_MADE }, tokenResult(await mint(parts, request.form), url))
  }, (request) => tokensPage(parts, request))
}

/** A token by Okta's rules: who may not use the application gets none. @throws {OktaApiError} 400 E0000001 naming the rule */
async function mint (parts: ConsoleParts, form: Form): Promise<string> {
  const application = parts.kernel.store(Applications).get(form.text('application'))
  if (!isClient(application)) throw invalid('application', 'The application is not an OpenID Connect app')
  if (application.status !== 'ACTIVE') throw invalid('application', 'The application is not active')
  if (application.dpopBoundAccessTokens) {
    throw invalid('application', 'The application requires DPoP: only a client that has the private key can get a token')
  }
  const user = application.applicationType === 'service' ? undefined : personIn(parts, application, form)
  return mintFor(parts, { client: application.id, scopes: scopesIn(parts, application, form), ...(user === undefined ? {} : { user }) })
}

async function mintFor ({ context }: ConsoleParts, options: MintOptions): Promise<string> {
  try {
    return await mintAccessToken(context, options)
  } catch (error) {
    if (error instanceof TooManyGroupsError) throw invalid('groups', error.message)
    throw error
  }
}

function personIn ({ kernel }: ConsoleParts, application: Application, form: Form): string {
  const user = kernel.store(Users).get(form.text('user'))
  if (user.status !== 'ACTIVE') throw invalid('user', `The user is not active: ${statusName(user.status)}`)
  if (kernel.store(AppUsers).scopeOf(application.id, user.id) === undefined) {
    throw invalid('user', 'User is not assigned to the client application')
  }
  return user.id
}

function scopesIn (parts: ConsoleParts, { applicationType }: Application, form: Form): string[] {
  const scopes = form.values('scope')
  if (scopes.length === 0) throw invalid('scope', 'No scopes were requested')
  if (!scopes.every((scope) => knownScopes(parts).includes(scope))) throw invalid('scope', 'One or more scopes are not configured for the authorization server')
  // boxes of both kinds stand in one form
  const granted = applicationType === 'service' ? scopes.filter((scope) => !USER_SCOPES.includes(scope)) : scopes
  if (granted.length === 0) throw invalid('scope', `${USER_SCOPES.join(' and ')} are for people: choose another scope for an API service`)
  return granted
}

function apiIn (form: Form): string {
  const url = form.text('api')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw invalid('api', 'must be an http or https URL')
  return new URL(url).href
}

function knownScopes ({ kernel }: ConsoleParts): string[] {
  return kernel.store(ServerScopes).ofServer(DEFAULT_SERVER_ID).map(({ name }) => name)
}

function tokensPage (parts: ConsoleParts, { form, message }: PageRequest, result?: Markup): Page {
  const { kernel } = parts
  const people = kernel.store(Users).all().filter((user) => isActive(user))
  const applications = kernel.store(Applications).all().filter(isClient).map(({ id, label }) => [id, label] as const)
  const isPosted = form.has('application')
  return createConsolePage({
    title: 'Tokens',
    section: PATH,
    message,
    content: [result, section('Get an access token', postForm(PATH, [
      personField('user', 'Person', people, form.text('user')),
      selectField('application', 'Application', applications, form.text('application')),
      checkboxes('scope', 'Scopes', knownScopes(parts).map((scope) => [scope, scope]), isPosted ? form.values('scope') : DEFAULT_SCOPES),
      textField({ name: 'api', label: 'API', type: 'url', value: isPosted ? form.text('api') : DEFAULT_API, hint: 'For the curl line: the URL that is called with the token.', isRequired: true })
    ], 'Get token'), markup`<p class="quiet small">An API service gets a token for itself, and not for a person.</p>`)]
  })
}

function tokenResult (token: string, url: string): Markup {
  return section('Access token', markup`<pre class="copy" id="access-token">${token}</pre>
<h3>curl</h3>
<pre class="copy" id="curl">curl -i -H ${quote(`Authorization: Bearer ${token}`)} ${quote(url)}</pre>
<h3>Claims</h3>
<pre id="claims">${JSON.stringify(decodeJwt(token), undefined, 2)}</pre>`)
}

/** For a POSIX shell: between single quotes only the quote itself is special. */
function quote (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
