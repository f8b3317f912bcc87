import type { FastifyInstance } from 'fastify'
import { readText } from '../../kernel/json.js'
import type { Page } from '../../pages/html.js'
import { ApiTokens } from '../../resources/api-tokens/store.js'
import { Users } from '../../resources/users/store.js'
import { actionButton, disclosure, postForm, section, table, textField, time } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

const PATH = `${CONSOLE}/api-tokens` as const
const TOKEN_CREATED = { text: 'The API token is created.', isError: false }

/** API Tokens: a list, a form that creates one, and buttons that revoke them. A token is shown once. */
export function registerApiTokensPage (app: FastifyInstance, parts: ConsoleParts): void {
  const { kernel } = parts
  const tokens = kernel.store(ApiTokens)
  const show = (request: PageRequest): Page => tokensPage(parts, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async (request) => {
    const { token } = tokens.issue(readText({ name: request.form.text('name') }, 'name'), kernel.administrator.id)
    return tokensPage(parts, { ...request, message: TOKEN_CREATED }, created(kernel.orgUrl, token))
  }, show)
  registerAction(app, `${PATH}/revoke`, async ({ form }) => {
    tokens.revoke(tokens.get(form.text('token')))
    return after('token-revoked', PATH)
  }, show)
}

function tokensPage ({ kernel }: ConsoleParts, { form, message }: PageRequest, result?: Markup): Page {
  const rows = kernel.store(ApiTokens).all().map(({ id, name, userId, expiresAt }): Content[] => [
    name,
    kernel.store(Users).findById(userId)?.profile.login ?? userId,
    time(expiresAt),
    actionButton({ action: `${PATH}/revoke`, label: 'Revoke', of: name, fields: { token: id }, look: 'danger' })
  ])
  const name = result === undefined ? form.text('name') : ''
  return createConsolePage({
    title: 'API Tokens',
    section: PATH,
    message,
    content: [result, section('All API tokens',
      disclosure('Create Token', message?.isError === true, postForm(PATH, textField({ name: 'name', label: 'What do you want your token to be named?', value: name, isRequired: true }), 'Create Token')),
      table('API tokens', ['Name', 'Belongs to', 'Expires, unless it is used', ''], rows, 'There are no API tokens.'))]
  })
}

function created (orgUrl: string, token: string): Markup {
  return section('Token created', markup`<p>This is the only time that the token is shown.</p>
<pre class="copy" id="api-token">${token}</pre>
<h3>curl</h3>
<pre class="copy">curl -H 'Authorization: SSWS ${token}' ${orgUrl}/api/v1/users</pre>`)
}
