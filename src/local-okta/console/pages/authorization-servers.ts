import type { FastifyInstance } from 'fastify'
import type { Page } from '../../pages/html.js'
import type { AuthorizationServerRecord } from '../../resources/authorization-servers/authorization-server.js'
import { ServerScopes } from '../../resources/authorization-servers/parts.js'
import { readServer } from '../../resources/authorization-servers/read.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { AuthorizationServers } from '../../resources/authorization-servers/store.js'
import { code, disclosure, postForm, section, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'

/** Where the pages of the authorization servers are. */
export const SERVERS = `${CONSOLE}/authorization-servers` as const

/** Authorization Servers: a list, and a form that adds one. */
export function registerAuthorizationServersPage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const servers = kernel.store(AuthorizationServers)
  const show = (request: PageRequest): Page => serversPage(servers, request)
  registerPage(app, SERVERS, show)
  registerAction(app, SERVERS, async ({ form }) => {
    const described = serverIn(form)
    rejectTaken(servers.all(), described.name)
    const server = servers.create(described)
    kernel.store(ServerScopes).addSystemScopes(server.id)
    return after('server-added', `${SERVERS}/${server.id}`)
  }, show)
}

/** The server that a form describes, read as the API reads one. @throws {OktaApiError} 400 E0000001 */
export function serverIn (form: Form): ReturnType<typeof readServer> {
  return readServer({ name: form.text('name'), description: form.text('description'), audiences: form.lines('audience') })
}

/** The fields of a server, with these values. */
export function serverFields (valueOf: (name: string) => string): Content {
  return [
    textField({ name: 'name', label: 'Name', value: valueOf('name'), isRequired: true }),
    textField({ name: 'audience', label: 'Audience', value: valueOf('audience'), hint: 'The aud of its access tokens, such as api://orders.', isRequired: true }),
    textField({ name: 'description', label: 'Description', value: valueOf('description') })
  ]
}

function serversPage (servers: AuthorizationServers, { form, message }: PageRequest): Page {
  const rows = servers.all().map((server: AuthorizationServerRecord) => [
    markup`<a href="${SERVERS}/${server.id}">${server.name}</a>`, code(server.audiences[0] ?? ''), code(servers.issuerOf(server)), statusLabel(server.status)
  ])
  return createConsolePage({
    title: 'Authorization Servers',
    section: SERVERS,
    message,
    content: section('All authorization servers',
      disclosure('Add Authorization Server', message?.isError === true, postForm(SERVERS, serverFields((name) => form.text(name)), 'Save')),
      table('Authorization servers', ['Name', 'Audience', 'Issuer', 'Status'], rows, 'There are no authorization servers.'))
  })
}
