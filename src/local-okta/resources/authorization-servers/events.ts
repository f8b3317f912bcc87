/** The event types of what hangs on an authorization server, by what happens to it. */
export const PART_EVENTS = {
  OAuth2Scope: {
    create: 'oauth2.scope.created', update: 'oauth2.scope.updated', delete: 'oauth2.scope.deleted', activate: 'oauth2.scope.updated', deactivate: 'oauth2.scope.updated'
  },
  OAuth2Claim: {
    create: 'oauth2.claim.created', update: 'oauth2.claim.updated', delete: 'oauth2.claim.deleted', activate: 'oauth2.claim.updated', deactivate: 'oauth2.claim.updated'
  },
  Policy: {
    create: 'policy.lifecycle.create',
    update: 'policy.lifecycle.update',
    delete: 'policy.lifecycle.delete',
    activate: 'policy.lifecycle.activate',
    deactivate: 'policy.lifecycle.deactivate'
  },
  PolicyRule: {
    create: 'policy.rule.add', update: 'policy.rule.update', delete: 'policy.rule.delete', activate: 'policy.rule.activate', deactivate: 'policy.rule.deactivate'
  }
} as const

export type PartEvents = typeof PART_EVENTS['Policy']

/** The event types that concern authorization servers, with their display messages. */
export const AUTHORIZATION_SERVER_EVENT_TYPES = {
  'oauth2.as.created': 'OAuth2 authorization server is created',
  'oauth2.as.updated': 'OAuth2 authorization server is updated',
  'oauth2.as.deleted': 'OAuth2 authorization server is deleted',
  'oauth2.as.activated': 'OAuth2 authorization server is activated',
  'oauth2.as.deactivated': 'OAuth2 authorization server is deactivated',
  'app.oauth2.as.key.rollover': 'OAuth2 authorization server key rollover',
  'app.oauth2.trusted_server.add': 'Add trusted authorization server',
  'app.oauth2.trusted_server.delete': 'Remove trusted authorization server',
  'oauth2.as.resource_server_key.update': 'Update keys of resource server',
  'oauth2.scope.created': 'OAuth2 scope is created',
  'oauth2.scope.updated': 'OAuth2 scope is updated',
  'oauth2.scope.deleted': 'OAuth2 scope is deleted',
  'oauth2.claim.created': 'OAuth2 claim is created',
  'oauth2.claim.updated': 'OAuth2 claim is updated',
  'oauth2.claim.deleted': 'OAuth2 claim is deleted',
  'policy.lifecycle.create': 'Create policy',
  'policy.lifecycle.update': 'Update policy',
  'policy.lifecycle.delete': 'Delete policy',
  'policy.lifecycle.activate': 'Activate policy',
  'policy.lifecycle.deactivate': 'Deactivate policy',
  'policy.rule.add': 'Add policy rule',
  'policy.rule.update': 'Update policy rule',
  'policy.rule.delete': 'Delete policy rule',
  'policy.rule.activate': 'Activate policy rule',
  'policy.rule.deactivate': 'Deactivate policy rule'
} as const
