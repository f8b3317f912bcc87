import { forbidden, invalid } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import { ORG_ID } from '../../../tokens/claims.js'
import { lifecycle } from '../definitions.js'
import { refuseIfUsedIn } from '../in-use.js'
import { checkRule, completePolicy, defaultPolicies, defaultRules, withLastPriority } from '../policy-defaults.js'
import type { Family } from './family.js'

/** Policies and what they name. Those for sign-on and for access to apps, and the zones, decide sign-ins; the others are kept and shown. */
export const policies: Family = {
  collections: [
    {
      path: '/policies',
      prefix: '00p',
      type: 'Policy',
      events: lifecycle('policy.lifecycle'),
      unique: 'name',
      initial: defaultPolicies,
      make: completePolicy,
      view: withLastPriority,
      below: ['rules', 'mappings']
    },
    {
      path: '/policies/{policyId}/rules',
      prefix: '0pr',
      type: 'PolicyRule',
      events: { ...lifecycle('policy.rule'), create: 'policy.rule.add' },
      unique: 'name',
      initial: defaultRules,
      make: checkRule,
      view: withLastPriority
    },
    {
      path: '/zones',
      prefix: 'nzo',
      type: 'NetworkZone',
      events: lifecycle('zone'),
      unique: 'name',
      isDeletedInactive: true,
      checkRemoval: refuseIfUsedIn('/policies', forbidden),
      defaults: { usage: 'POLICY' },
      make: checkZone,
      initial: () => [{ type: 'IP', name: 'LegacyIpZone', usage: 'POLICY' }, { type: 'IP', name: 'BlockedIpZone', usage: 'BLOCKLIST' }]
    },
    {
      path: '/behaviors',
      prefix: 'bhv',
      type: 'BehaviorSettings',
      events: lifecycle('security.behavior.settings'),
      unique: 'name',
      initial: () => [
        { type: 'ANOMALOUS_LOCATION', name: 'New City', settings: { granularity: 'CITY', maxEventsUsedForEvaluation: 20 } },
        { type: 'ANOMALOUS_IP', name: 'New IP', settings: { maxEventsUsedForEvaluation: 50 } },
        { type: 'ANOMALOUS_DEVICE', name: 'New Device', settings: { maxEventsUsedForEvaluation: 20 } },
        { type: 'VELOCITY', name: 'Velocity', settings: { velocityKph: 805 } }
      ]
    },
    { path: '/trustedOrigins', prefix: 'tos', type: 'TrustedOrigin', events: lifecycle('security.trusted_origin'), unique: 'origin', make: checkOrigin, makeChange: checkOrigin },
    { path: '/device-assurances', prefix: 'dae', type: 'DeviceAssurance', events: lifecycle('device.assurance.policy'), unique: 'name', checkRemoval: refuseIfUsedIn('/policies') },
    { path: '/device-posture-checks', prefix: 'dch', type: 'DevicePostureCheck', events: lifecycle('device.posture_check'), checkRemoval: refuseIfUsedIn('/device-assurances') },
    { path: '/principal-rate-limits', prefix: 'prl', type: 'PrincipalRateLimit', events: lifecycle('system.rate_limit.principal'), unique: 'principalId', view: (_kernel, _record, shown) => ({ orgId: ORG_ID, ...shown }) },
    { path: '/security-events-providers', prefix: 'sse', type: 'SecurityEventsProvider', events: lifecycle('security.events.provider'), unique: 'name' }
  ],
  fixed: [{ path: '/device-posture-checks/default', answer: () => [] }]
}

function checkZone (body: Json): Json {
  if (body['type'] === 'IP' && isEmpty(body['gateways']) && isEmpty(body['proxies'])) throw invalid('gateways', 'An IP zone must have gateways or proxies')
  return body
}

function isEmpty (value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0
}

function checkOrigin (body: Json): Json {
  const { origin } = body
  if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin.toLowerCase().replace(/\/$/, '')) throw invalid('origin', 'must be a scheme, a host and a port, such as https://app.example')
  return body
}
