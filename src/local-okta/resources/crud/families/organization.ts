import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { ORG_ID } from '../../../tokens/claims.js'
import { Groups } from '../../groups/store.js'
import { Users } from '../../users/store.js'
import { lifecycle } from '../definitions.js'
import type { Singleton } from '../definitions.js'
import { Records } from '../store.js'
import type { Family } from './family.js'

const SUPPORT_MS = 8 * 3600 * 1000
const CONTACTS = ['BILLING', 'TECHNICAL']

/** The settings of the org and of its own apps. */
export const organization: Family = {
  singletons: [
    ...Object.entries<Singleton['initial']>({
      '/org/captcha': () => ({}),
      '/org/settings/autoAssignAdminAppSetting': () => ({ autoAssignAdminAppSetting: false }),
      '/org/settings/clientPrivilegesSetting': () => ({ clientPrivilegesSetting: false }),
      '/org/orgSettings/thirdPartyAdminSetting': () => ({ thirdPartyAdmin: false })
    }).map(([path, initial]): Singleton => ({ path, event: 'system.org.update', initial })),
    { path: '/org', event: 'system.org.update', initial: ({ orgUrl }) => ({ companyName: 'Local Okta', website: orgUrl }), view: withOrgFacts },
    {
      path: '/org/preferences',
      event: 'system.org.update',
      initial: () => ({ showEndUserFooter: true }),
      actions: { hideEndUserFooter: { showEndUserFooter: false }, showEndUserFooter: { showEndUserFooter: true } }
    },
    { path: '/org/contacts/{contactType}', event: 'system.org.update', initial: ({ administrator }) => ({ userId: administrator.id }), exists: (_kernel, key) => CONTACTS.includes(key) },
    {
      path: '/org/privacy/oktaCommunication',
      event: 'system.org.update',
      initial: () => ({ optOutEmailUsers: false }),
      actions: { optIn: { optOutEmailUsers: false }, optOut: { optOutEmailUsers: true } }
    },
    {
      path: '/org/privacy/oktaSupport',
      event: 'system.org.update',
      initial: () => ({ support: 'DISABLED', expiration: null }),
      actions: { grant: allowSupport, extend: allowSupport, revoke: { support: 'DISABLED', expiration: null } }
    },
    {
      path: '/org/privacy/aerial',
      event: 'system.org.update',
      isAbsent: true,
      initial: () => ({ accountId: '' }),
      actions: { grant: ({ administrator, clock }) => ({ grantedBy: administrator.id, grantedDate: clock.timestamp() }), revoke: { grantedBy: null, grantedDate: null } }
    },
    { path: '/threats/configuration', event: 'security.threat.configuration.update', initial: () => ({ action: 'none', excludeZones: [] }) },
    { path: '/bot-protection/configuration', event: 'security.bot_protection.update', initial: () => ({ level: 'LOW', mode: 'LOG_ONLY' }) },
    { path: '/rate-limit-settings/admin-notifications', event: 'system.rate_limit.configuration.update', initial: () => ({ notificationsEnabled: true }) },
    { path: '/rate-limit-settings/per-client', event: 'system.rate_limit.configuration.update', initial: () => ({ defaultMode: 'PREVIEW' }) },
    { path: '/rate-limit-settings/warning-threshold', event: 'system.rate_limit.configuration.update', initial: () => ({ warningThreshold: 90 }) },
    {
      path: '/first-party-app-settings/{appName}',
      event: 'system.org.update',
      initial: () => ({ sessionIdleTimeoutMinutes: 15, sessionMaxLifetimeMinutes: 720 }),
      exists: (_kernel, key) => key === 'admin-console'
    },
    {
      path: '/iam/governance/optIn',
      event: 'iam.governance.update',
      initial: () => ({ optInStatus: 'OPTED_OUT' }),
      actions: { '/iam/governance/optIn': { optInStatus: 'OPTED_IN' }, '/iam/governance/optOut': { optInStatus: 'OPTED_OUT' } }
    },
    { path: '/attack-protection/api/v1/authenticator-settings', event: 'security.attack_protection.update', initial: () => ({ verifyKnowledgeSecondWhen2faRequired: false }) },
    { path: '/attack-protection/api/v1/user-lockout-settings', event: 'security.attack_protection.update', initial: () => ({ preventBruteForceLockoutFromUnknownDevices: false }) },
    { path: '/okta-personal-settings/api/v1/edit-feature', event: 'system.org.update', initial: () => ({}) },
    { path: '/okta-personal-settings/api/v1/export-blocklists', event: 'system.org.update', initial: () => ({ domains: [] }) }
  ],
  collections: [
    {
      path: '/org/factors/yubikey_token/tokens',
      prefix: 'ykk',
      type: 'YubikeyToken',
      events: lifecycle('system.yubikey_token'),
      initialStatus: 'UNASSIGNED',
      make: ({ serialNumber, ...body }) => ({ ...body, profile: { serial: String(serialNumber) } }),
      hidden: ['publicId', 'privateId', 'aesKey']
    }
  ],
  fixed: [
    { path: '/org/contacts', answer: ({ orgUrl }) => CONTACTS.map((contactType) => ({ contactType, _links: { [contactType.toLowerCase()]: { href: `${orgUrl}/api/v1/org/contacts/${contactType}` } } })) },
    { path: '/org/privacy/oktaSupport/cases', answer: () => ({ supportCases: [] }) },
    { path: '/org/email/bounces/remove-list', method: 'POST', answer: (kernel, { body }) => ({ errors: findUnknownAddresses(kernel, body as Json | undefined ?? {}) }) }
  ]
}

function allowSupport ({ clock }: Kernel): Json {
  return { support: 'ENABLED', expiration: new Date(clock.now() + SUPPORT_MS).toISOString() }
}

function findUnknownAddresses (kernel: Kernel, { emailAddresses }: Json): Json[] {
  if (!Array.isArray(emailAddresses)) return []
  const known = new Set(kernel.store(Users).all().map(({ profile }) => profile.email))
  return emailAddresses.filter((address) => !known.has(String(address))).map((emailAddress: unknown) =>
    ({ emailAddress, reason: 'This email address does not belong to any user in your organization.' }))
}

// a request cannot change these; the group Everyone is as old as the org
function withOrgFacts (kept: Json, kernel: Kernel): Json {
  const href = `${kernel.orgUrl}/api/v1/org`
  const created = kernel.store(Groups).all()[0]?.created
  return {
    ...kept,
    id: ORG_ID,
    status: 'ACTIVE',
    subdomain: 'localokta',
    created,
    lastUpdated: kernel.store(Records).find('/org', '')?.lastUpdated ?? created,
    _links: {
      preferences: { href: `${href}/preferences` },
      uploadLogo: { href: `${href}/logo`, hints: { allow: ['POST'] } },
      oktaCommunication: { href: `${href}/privacy/oktaCommunication` },
      oktaSupport: { href: `${href}/privacy/oktaSupport` },
      contacts: { href: `${href}/contacts` }
    }
  }
}
