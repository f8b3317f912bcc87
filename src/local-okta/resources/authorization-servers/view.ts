import type { Json } from '../../kernel/json.js'
import type { AuthorizationServerRecord, ServerClaim, ServerPolicy, ServerRule, ServerScope } from './authorization-server.js'

const NEXT = { ACTIVE: 'deactivate', INACTIVE: 'activate' } as const

/** An authorization server as the API shows it. */
export function toServerView (orgUrl: string, server: AuthorizationServerRecord): Json {
  const { id, name, description, audiences, status, created, lastUpdated } = server
  const href = `${orgUrl}/api/v1/authorizationServers/${id}`
  const issuer = `${orgUrl}/oauth2/${id}`
  return {
    id,
    name,
    description,
    audiences,
    issuer,
    issuerMode: 'ORG_URL',
    status,
    created,
    lastUpdated,
    credentials: { signing: { rotationMode: 'AUTO', use: 'sig' } },
    _links: {
      ...linksOf(href, status),
      scopes: link(`${href}/scopes`, 'GET'),
      claims: link(`${href}/claims`, 'GET'),
      policies: link(`${href}/policies`, 'GET'),
      rotateKey: link(`${href}/credentials/lifecycle/keyRotate`, 'POST'),
      metadata: [
        { name: 'oauth-authorization-server', ...link(`${issuer}/.well-known/oauth-authorization-server`, 'GET') },
        { name: 'openid-configuration', ...link(`${issuer}/.well-known/openid-configuration`, 'GET') }
      ]
    }
  }
}

/** A scope as the API shows it. */
export function toScopeView (orgUrl: string, { serverId, created, lastUpdated, ...scope }: ServerScope): Json {
  const href = `${orgUrl}/api/v1/authorizationServers/${serverId}/scopes/${scope.id}`
  return { ...withoutNulls(scope), _links: { self: link(href, 'GET', 'PUT', 'DELETE') } }
}

/** A claim as the API shows it. */
export function toClaimView (orgUrl: string, { serverId, created, lastUpdated, ...claim }: ServerClaim): Json {
  const href = `${orgUrl}/api/v1/authorizationServers/${serverId}/claims/${claim.id}`
  return { ...withoutNulls(claim), _links: { self: link(href, 'GET', 'PUT', 'DELETE') } }
}

/** An access policy as the API shows it. */
export function toPolicyView (orgUrl: string, { serverId, ...policy }: ServerPolicy): Json {
  const href = `${orgUrl}/api/v1/authorizationServers/${serverId}/policies/${policy.id}`
  return { ...policy, type: 'OAUTH_AUTHORIZATION_POLICY', _links: { ...linksOf(href, policy.status), rules: link(`${href}/rules`, 'GET') } }
}

/** A rule of an access policy as the API shows it. */
export function toRuleView (orgUrl: string, { serverId }: ServerPolicy, { policyId, ...rule }: ServerRule): Json {
  const href = `${orgUrl}/api/v1/authorizationServers/${serverId}/policies/${policyId}/rules/${rule.id}`
  return { ...rule, type: 'RESOURCE_ACCESS', _links: linksOf(href, rule.status) }
}

function linksOf (href: string, status: keyof typeof NEXT): Json {
  return { self: link(href, 'GET', 'PUT', 'DELETE'), [NEXT[status]]: link(`${href}/lifecycle/${NEXT[status]}`, 'POST') }
}

function link (href: string, ...allow: string[]): { href: string, hints: { allow: string[] } } {
  return { href, hints: { allow } }
}

function withoutNulls (json: object): Json {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
}
