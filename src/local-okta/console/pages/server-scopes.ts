import type { FastifyInstance } from 'fastify'
import { notFound, OktaApiError } from '../../kernel/errors.js'
import { ServerScopes } from '../../resources/authorization-servers/parts.js'
import { readScope } from '../../resources/authorization-servers/read.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { actionButton, checkboxes, code, disclosure, postForm, section, table, textField } from '../elements.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { PageRequest, ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { SERVERS } from './authorization-servers.js'

const DEFAULT_SCOPE = ['true', 'Set as a default scope'] as const

/** Registers what the forms of a server's scopes are posted to. */
export function registerServerScopes (app: FastifyInstance, { kernel }: ConsoleParts, show: ShowPage): void {
  const scopes = kernel.store(ServerScopes)
  registerAction(app, `${SERVERS}/:id/scopes`, async ({ id, form }) => {
    const scope = readScope({ name: form.text('scopeName'), description: form.text('scopeDescription') || null, default: form.has('scopeDefault') })
    rejectTaken(scopes.ofServer(id), scope.name)
    scopes.create({ ...scope, serverId: id, system: false })
    return after('scope-added', `${SERVERS}/${id}`)
  }, show)
  registerAction(app, `${SERVERS}/:id/scopes/delete`, async ({ id, form }) => {
    const scope = scopes.ofServer(id).find((each) => each.id === form.text('scope'))
    if (!scope) throw notFound(form.text('scope'), 'OAuth2Scope')
    if (scope.system) throw new OktaApiError('E0000006')
    scopes.delete(scope)
    return after('scope-deleted', `${SERVERS}/${id}`)
  }, show)
}

/** Scopes: those of OpenID Connect, and the server's own. */
export function createServerScopes ({ kernel }: ConsoleParts, { id, form, message }: PageRequest): Markup {
  const rows = kernel.store(ServerScopes).ofServer(id).map((scope) => [
    code(scope.name), scope.description ?? '', scope.default ? 'Yes' : '',
    scope.system ? '' : actionButton({ action: `${SERVERS}/${id}/scopes/delete`, label: 'Delete', of: scope.name, fields: { scope: scope.id }, look: 'danger' })
  ])
  return section('Scopes',
    table('Scopes', ['Scope', 'Description', 'Default', ''], rows, 'There are no scopes.'),
    disclosure('Add Scope', message?.isError === true && form.has('scopeName'), postForm(`${SERVERS}/${id}/scopes`, [
      textField({ name: 'scopeName', label: 'Scope name', value: form.text('scopeName'), isRequired: true }),
      textField({ name: 'scopeDescription', label: 'Scope description', value: form.text('scopeDescription') }),
      checkboxes('scopeDefault', 'Default scope', [DEFAULT_SCOPE], form.values('scopeDefault'))
    ], 'Create scope')))
}
