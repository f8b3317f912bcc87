import { OktaApiError } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { Users } from '../users/store.js'
import { ApiTokens } from './store.js'
import type { ApiToken } from './store.js'

const READ = 'okta.apiTokens.read'
const MANAGE = 'okta.apiTokens.manage'
const TOKEN = '/api-tokens/{apiTokenId}'

const { route, list } = routesOn({ tokens: ApiTokens, users: Users })

/** `/api-tokens`: the API tokens, without their values. */
export const apiTokenRoutes: Route[] = [
  list({ path: '/api-tokens', scope: READ, page: { default: 200, max: 200 }, items: ({ tokens }) => tokens.all(), view: ({ orgUrl }, token) => toTokenView(orgUrl, token) }),
  route({
    method: 'DELETE',
    path: '/api-tokens/current',
    scope: MANAGE,
    status: 204,
    answer: ({ tokens }, { principal }) => {
      if (principal.apiTokenId === undefined) throw new OktaApiError('E0000006')
      tokens.revoke(tokens.get(principal.apiTokenId))
    }
  }),
  route({ method: 'GET', path: TOKEN, scope: READ, answer: ({ tokens, orgUrl }, { params }) => toTokenView(orgUrl, tokens.get(params['apiTokenId'] ?? '')) }),
  route({
    method: 'PUT',
    path: TOKEN,
    scope: MANAGE,
    body: readObject,
    answer: ({ tokens, users, orgUrl }, { params, body }) => {
      const token = tokens.get(params['apiTokenId'] ?? '')
      const [name = token.name, userId = token.userId] = [readOptionalText(body, 'name'), readOptionalText(body, 'userId')]
      const network = body['network'] === undefined ? token.network : readMember(body, 'network')
      return toTokenView(orgUrl, tokens.update(token, { name, network, userId: users.get(userId).id }))
    }
  }),
  route({ method: 'DELETE', path: TOKEN, scope: MANAGE, status: 204, answer: ({ tokens }, { params }) => { tokens.revoke(tokens.get(params['apiTokenId'] ?? '')) } })
]

function toTokenView (orgUrl: string, { id, name, userId, network, created, lastUpdated, expiresAt }: ApiToken): Json {
  return {
    id,
    name,
    userId,
    clientName: 'Okta API',
    tokenWindow: 'P30D',
    network,
    created,
    lastUpdated,
    expiresAt,
    _link: { self: { href: `${orgUrl}/api/v1/api-tokens/${id}`, hints: { allow: ['GET', 'DELETE'] } } }
  }
}
