import type { FastifyInstance } from 'fastify'
import { notFound, OktaApiError } from '../../kernel/errors.js'
import type { Page } from '../../pages/html.js'
import type { AuthorizationServerRecord } from '../../resources/authorization-servers/authorization-server.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { AuthorizationServers, DEFAULT_SERVER_ID } from '../../resources/authorization-servers/store.js'
import { actionButtons, code, facts, postForm, section, statusLabel } from '../elements.js'
import type { Action } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { createAccessPolicies, registerAccessPolicies } from './access-policies.js'
import { serverFields, serverIn, SERVERS } from './authorization-servers.js'
import { createServerClaims, registerServerClaims } from './server-claims.js'
import { createServerScopes, registerServerScopes } from './server-scopes.js'

/** One authorization server: settings, scopes, claims, access policies. */
export function registerAuthorizationServerPage (app: FastifyInstance, parts: ConsoleParts): void {
  const servers = parts.kernel.store(AuthorizationServers)
  const show = (request: PageRequest): Page => serverPage(parts, request)
  const path = `${SERVERS}/:id`
  registerPage(app, path, show)
  registerAction(app, path, async ({ id, form }) => {
    const described = serverIn(form)
    rejectTaken(servers.all(), described.name, id)
    servers.update(getServer(servers, id), described)
    return after('saved', `${SERVERS}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    servers.update(getServer(servers, id), { status: form.text('status') === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE' })
    return after('status-changed', `${SERVERS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    if (id === DEFAULT_SERVER_ID) throw new OktaApiError('E0000006')
    servers.delete(getServer(servers, id))
    return after('server-deleted', SERVERS)
  }, show)
  registerServerScopes(app, parts, show)
  registerServerClaims(app, parts, show)
  registerAccessPolicies(app, parts, show)
}

function getServer (servers: AuthorizationServers, id: string): AuthorizationServerRecord {
  const server = servers.findById(id)
  if (!server) throw notFound(id, 'AuthorizationServer')
  return server
}

function serverPage (parts: ConsoleParts, request: PageRequest): Page {
  const { id, form, message } = request
  const servers = parts.kernel.store(AuthorizationServers)
  const server = getServer(servers, id)
  const stored: Readonly<Record<string, string>> = { name: server.name, description: server.description, audience: server.audiences[0] ?? '' }
  const valueOf = (name: string): string => form.has('audience') ? form.text(name) : stored[name] ?? ''
  return createConsolePage({
    title: server.name,
    section: SERVERS,
    message,
    content: [
      settings(servers.issuerOf(server), server),
      createServerScopes(parts, request),
      createServerClaims(parts, request),
      createAccessPolicies(parts, request),
      section('Settings', postForm(`${SERVERS}/${id}`, serverFields(valueOf), 'Save'))
    ]
  })
}

function settings (issuer: string, { id, status }: AuthorizationServerRecord): Markup {
  const metadata = `${issuer}/.well-known/oauth-authorization-server`
  const next = status === 'ACTIVE' ? { label: 'Deactivate', to: 'INACTIVE' } : { label: 'Activate', to: 'ACTIVE' }
  const actions: Action[] = [
    { action: `${SERVERS}/${id}/status`, label: next.label, fields: { status: next.to } },
    ...(id === DEFAULT_SERVER_ID ? [] : [{ action: `${SERVERS}/${id}/delete`, label: 'Delete', look: 'danger' } as const])
  ]
  return section('Addresses', facts([
    ['Issuer', code(issuer)], ['Metadata', markup`<a href="${metadata}">${metadata}</a>`], ['Status', statusLabel(status)]
  ]), actionButtons(actions))
}
