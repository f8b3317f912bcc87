import { invalid, OktaApiError } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { lifecycle } from '../definitions.js'
import type { Params, RecordRequest, Singleton } from '../definitions.js'
import { Records } from '../store.js'
import type { StoredRecord } from '../store.js'
import type { Family } from './family.js'

const EMAIL_TEMPLATES = [
  'AccountLockout', 'ADForgotPassword', 'ADForgotPasswordDenied', 'ADSelfServiceUnlock', 'ADUserActivation', 'AuthenticatorEnrolled', 'AuthenticatorReset',
  'ChangeEmailConfirmation', 'EmailChallenge', 'EmailChangeConfirmation', 'EmailFactorVerification', 'ForgotPassword', 'ForgotPasswordDenied',
  'LDAPActivation', 'LDAPForgotPassword', 'LDAPForgotPasswordDenied', 'LDAPSelfServiceUnlock', 'NewSignOnNotification', 'OktaVerifyActivation',
  'PasswordChanged', 'PasswordResetByAdmin', 'PendingEmailChange', 'RegistrationActivation', 'RegistrationEmailVerification', 'SelfServiceUnlock',
  'SelfServiceUnlockOnUnlockedAccount', 'UserActivation'
]
const WELL_KNOWN_URIS = ['apple-app-site-association', 'assetlinks.json', 'webauthn']
const WIDGET_VERSIONS = ['7.30', '6.9', '5.16']
const TOUCH_POINTS = ['signInPage', 'endUserDashboard', 'errorPage', 'emailTemplate', 'loadingPage']
const THEME = {
  ...Object.fromEntries(TOUCH_POINTS.map((name) => [`${name}TouchPointVariant`, 'OKTA_DEFAULT'])),
  primaryColorHex: '#1662dd',
  primaryColorContrastHex: '#ffffff',
  secondaryColorHex: '#ebebed',
  secondaryColorContrastHex: '#000000'
}
const CONTENT = { subject: 'Okta', body: '<!DOCTYPE html><html><body><p>Hi $!{StringTool.escapeHtml($!{user.profile.firstName})},</p></body></html>' }
const PREVIEW = { subject: 'Okta', body: '<!DOCTYPE html><html><body><p>Hi John,</p></body></html>' }
const DEFAULT_SETTINGS = { recipients: 'ALL_USERS' }
const TEMPLATE = '/brands/{brandId}/templates/email/{templateName}'

/** Brands: their themes, pages and e-mail templates. No page or e-mail of the local Okta is made of them. */
export const brands: Family = {
  collections: [
    {
      path: '/brands',
      prefix: 'bnd',
      type: 'Brand',
      events: lifecycle('system.brand'),
      unique: 'name',
      conflict: 'E0000202',
      defaults: { isDefault: false, removePoweredByOkta: false, agreeToCustomPrivacyPolicy: false },
      below: ['themes'],
      makeChange: checkPrivacyPolicy,
      checkRemoval: (kernel, { key, body }) => {
        if (body['isDefault'] === true) throw new OktaApiError('E0000203')
        if (domainsOf(kernel, { brandId: key }).length > 0) throw new OktaApiError('E0000201')
      },
      embed: (kernel, { key }, name) => name === 'domains' ? domainsOf(kernel, { brandId: key }) : undefined,
      initial: () => [{ name: 'local-okta', isDefault: true, agreeToCustomPrivacyPolicy: false, removePoweredByOkta: false }]
    },
    {
      path: '/brands/{brandId}/themes',
      prefix: 'thd',
      type: 'Theme',
      events: lifecycle('system.brand.theme'),
      initial: () => [THEME],
      uploads: { logo: 'logo', favicon: 'favicon', 'background-image': 'backgroundImage' }
    },
    {
      path: '/brands/{brandId}/templates/email',
      prefix: 'emt',
      type: 'EmailTemplate',
      events: lifecycle('system.email.template'),
      initial: () => EMAIL_TEMPLATES.map((name) => ({ name })),
      initialKey: ({ name }) => String(name),
      verbs: { test: {} },
      embed: embedInTemplate,
      view: toTemplateView
    },
    {
      path: `${TEMPLATE}/customizations`,
      prefix: 'oel',
      type: 'EmailCustomization',
      events: lifecycle('system.email.customization'),
      unique: 'language',
      conflict: 'E0000183',
      make: firstAsDefault,
      makeChange: moveDefault,
      checkRemoval: (kernel, { collection, body }) => {
        if (body['isDefault'] === true && kernel.store(Records).in(collection).length > 1) throw new OktaApiError('E0000186')
      }
    }
  ],
  singletons: [
    ...['error/customized', 'error/preview', 'sign-in/customized', 'sign-in/preview'].map((page): Singleton => ({
      path: `/brands/{brandId}/pages/${page}`, event: 'system.brand.update', isAbsent: true, initial: () => ({})
    })),
    { path: '/brands/{brandId}/pages/sign-out/customized', event: 'system.brand.update', initial: () => ({ type: 'OKTA_DEFAULT' }) },
    {
      path: '/brands/{brandId}/well-known-uris/{path}/customized',
      event: 'system.brand.update',
      initial: () => ({ representation: {} }),
      exists: (_kernel, key) => WELL_KNOWN_URIS.includes(key)
    },
    { path: `${TEMPLATE}/settings`, event: 'system.email.settings.update', initial: () => DEFAULT_SETTINGS }
  ],
  fixed: [
    { path: '/brands/{brandId}/domains', answer: (kernel, { params }) => ({ domains: domainsOf(kernel, params) }) },
    ...['error', 'sign-in'].flatMap((page) => [
      { path: `/brands/{brandId}/pages/${page}`, answer: (kernel: Kernel, { params }: { params: Params }) => toPageRoot(kernel, params, page) },
      { path: `/brands/{brandId}/pages/${page}/default`, answer: () => ({ pageContent: '<!DOCTYPE html><html><head></head><body></body></html>' }) }
    ]),
    { path: '/brands/{brandId}/pages/sign-in/widget-versions', answer: () => WIDGET_VERSIONS },
    { path: '/brands/{brandId}/well-known-uris', answer: (kernel, { params }) => ({ _links: linksTo(`${brandHref(kernel, params)}/well-known-uris`, WELL_KNOWN_URIS) }) },
    { path: '/brands/{brandId}/well-known-uris/{path}', answer: (kernel, { params }) => ({ representation: kernel.store(Records).find(`/brands/${params['brandId'] ?? ''}/well-known-uris/${params['path'] ?? ''}/customized`, '')?.body['representation'] ?? {} }) },
    { path: `${TEMPLATE}/default-content`, answer: () => CONTENT },
    { path: `${TEMPLATE}/default-content/preview`, answer: () => PREVIEW },
    { path: `${TEMPLATE}/customizations/{customizationId}/preview`, answer: (kernel, { params }) => previewOf(kernel, params) }
  ]
}

function toTemplateView ({ orgUrl }: Kernel, { collection, key }: { collection: string, key: string }, shown: Json): Json {
  const href = `${orgUrl}/api/v1${collection}/${key}`
  return {
    ...shown,
    _links: {
      self: { href },
      settings: { href: `${href}/settings` },
      defaultContent: { href: `${href}/default-content` },
      customizations: { href: `${href}/customizations` },
      test: { href: `${href}/test` }
    }
  }
}

// exactly one of the customizations of a template is its default: the first one, until another is written as such
function firstAsDefault (body: Json, { kernel, path }: RecordRequest): Json {
  const isFirst = kernel.store(Records).in(path).length === 0
  if (!isFirst && body['isDefault'] === true) throw new OktaApiError('E0000182')
  return { ...body, isDefault: isFirst }
}

function moveDefault (body: Json, record: StoredRecord, kernel: Kernel): Json {
  if (record.body['isDefault'] === true && body['isDefault'] === false) throw new OktaApiError('E0000185')
  if (body['isDefault'] === true) {
    for (const other of kernel.store(Records).in(record.collection)) {
      if (other.id !== record.id && other.body['isDefault'] === true) kernel.store(Records).update(other, { body: { ...other.body, isDefault: false } })
    }
  }
  return body
}

function checkPrivacyPolicy (body: Json): Json {
  if (body['customPrivacyPolicyUrl'] && body['agreeToCustomPrivacyPolicy'] !== true) {
    throw invalid('agreeToCustomPrivacyPolicy', 'must be true for a custom privacy policy')
  }
  return body
}

function embedInTemplate (kernel: Kernel, { collection, key }: StoredRecord, name: string): unknown {
  const path = `${collection}/${key}`
  switch (name) {
    case 'settings': return kernel.store(Records).find(`${path}/settings`, '')?.body ?? DEFAULT_SETTINGS
    case 'customizationCount': return kernel.store(Records).in(`${path}/customizations`).length
    default: return undefined
  }
}

function previewOf (kernel: Kernel, { brandId = '', templateName = '', customizationId = '' }: Params): Json {
  const { body } = kernel.store(Records).get(`/brands/${brandId}/templates/email/${templateName}/customizations`, customizationId, 'EmailCustomization')
  return { subject: body['subject'], body: body['body'] }
}

function domainsOf (kernel: Kernel, { brandId }: Params): Json[] {
  return kernel.store(Records).in('/domains').filter(({ body }) => body['brandId'] === brandId).map(({ key, body }) => ({ id: key, ...body }))
}

function brandHref ({ orgUrl }: Kernel, { brandId = '' }: Params): string {
  return `${orgUrl}/api/v1/brands/${brandId}`
}

function toPageRoot (kernel: Kernel, params: Params, page: string): Json {
  return { _links: linksTo(`${brandHref(kernel, params)}/pages/${page}`, ['default', 'customized', 'preview']) }
}

function linksTo (href: string, names: readonly string[]): Json {
  return { self: { href }, ...Object.fromEntries(names.map((name) => [name, { href: `${href}/${name}` }])) }
}
