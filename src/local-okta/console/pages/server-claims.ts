import type { FastifyInstance } from 'fastify'
import { notFound } from '../../kernel/errors.js'
import { ServerClaims, ServerScopes } from '../../resources/authorization-servers/parts.js'
import { readClaim } from '../../resources/authorization-servers/read.js'
import { rejectTaken } from '../../resources/authorization-servers/routes.js'
import { actionButton, checkboxes, code, disclosure, postForm, section, selectField, table, textField } from '../elements.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { PageRequest, ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { SERVERS } from './authorization-servers.js'

const TOKENS = [['RESOURCE', 'Access token'], ['IDENTITY', 'ID token']] as const
/** How a claim gets its value: `EXPRESSION`, or a filter of group names. */
const VALUES = [
  ['EXPRESSION', 'Expression'], ['STARTS_WITH', 'Groups: starts with'], ['EQUALS', 'Groups: equals'], ['CONTAINS', 'Groups: contains'],
  ['REGEX', 'Groups: matches regex']
] as const

/** Registers what the forms of a server's claims are posted to. */
export function registerServerClaims (app: FastifyInstance, { kernel }: ConsoleParts, show: ShowPage): void {
  const claims = kernel.store(ServerClaims)
  registerAction(app, `${SERVERS}/:id/claims`, async ({ id, form }) => {
    const kind = form.text('claimKind')
    const claim = readClaim({
      name: form.text('claimName'),
      claimType: form.text('claimType'),
      ...(kind === 'EXPRESSION' ? { valueType: kind } : { valueType: 'GROUPS', group_filter_type: kind }),
      value: form.text('claimValue'),
      conditions: { scopes: form.values('claimScope') }
    })
    rejectTaken(claims.ofServer(id).filter(({ claimType }) => claimType === claim.claimType), claim.name)
    claims.create({ ...claim, serverId: id, system: false })
    return after('claim-added', `${SERVERS}/${id}`)
  }, show)
  registerAction(app, `${SERVERS}/:id/claims/delete`, async ({ id, form }) => {
    const claim = claims.ofServer(id).find((each) => each.id === form.text('claim'))
    if (!claim) throw notFound(form.text('claim'), 'OAuth2Claim')
    claims.delete(claim)
    return after('claim-deleted', `${SERVERS}/${id}`)
  }, show)
}

/** Claims: what the server adds to tokens. */
export function createServerClaims ({ kernel }: ConsoleParts, { id, form, message }: PageRequest): Markup {
  const rows = kernel.store(ServerClaims).ofServer(id).map((claim) => [
    code(claim.name), claim.claimType === 'RESOURCE' ? 'Access token' : 'ID token', code(claim.value),
    claim.valueType === 'GROUPS' ? VALUES.find(([value]) => value === claim.group_filter_type)?.[1] : 'Expression',
    claim.conditions.scopes.length === 0 ? 'Any scope' : claim.conditions.scopes.join(', '),
    actionButton({ action: `${SERVERS}/${id}/claims/delete`, label: 'Delete', of: claim.name, fields: { claim: claim.id }, look: 'danger' })
  ])
  const scopes = kernel.store(ServerScopes).ofServer(id).map(({ name }) => [name, name] as const)
  return section('Claims',
    table('Claims', ['Claim', 'Token', 'Value', 'Value type', 'Scopes', ''], rows, 'The server adds no claims of its own.'),
    disclosure('Add Claim', message?.isError === true && form.has('claimName'), postForm(`${SERVERS}/${id}/claims`, [
      textField({ name: 'claimName', label: 'Claim name', value: form.text('claimName'), isRequired: true }),
      selectField('claimType', 'Include in token type', TOKENS, form.text('claimType')),
      selectField('claimKind', 'Value type', VALUES, form.text('claimKind')),
      textField({ name: 'claimValue', label: 'Value', value: form.text('claimValue'), hint: 'An expression, such as user.email, or what group names are compared with.', isRequired: true }),
      checkboxes('claimScope', 'Only with these scopes', scopes, form.values('claimScope'))
    ], 'Create claim')))
}
