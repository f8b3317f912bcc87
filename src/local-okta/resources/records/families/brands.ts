import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { lifecycle } from '../definitions.js'
import type { Params, RecordRequest, Singleton } from '../definitions.js'
import { Records } from '../store.js'
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
      defaults: { isDefault: false, removePoweredByOkta: false },
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
      view: toTemplateView
    },
    {
      path: `${TEMPLATE}/customizations`,
      prefix: 'oel',
      type: 'EmailCustomization',
      events: lifecycle('system.email.customization'),
      unique: 'language',
      make: chooseDefault
    }
  ],
  singletons: [
    ...['error/customized', 'error/preview', 'sign-in/customized', 'sign-in/preview'].map((page): Singleton => ({
      path: `/brands/{brandId}/pages/${page}`, event: 'system.brand.update', initial: () => ({})
    })),
    { path: '/brands/{brandId}/pages/sign-out/customized', event: 'system.brand.update', initial: () => ({ type: 'OKTA_DEFAULT' }) },
    {
      path: '/brands/{brandId}/well-known-uris/{path}/customized',
      event: 'system.brand.update',
      initial: () => ({ representation: {} }),
      exists: (_kernel, key) => WELL_KNOWN_URIS.includes(key)
    },
    { path: `${TEMPLATE}/settings`, event: 'system.email.settings.update', initial: () => ({ recipients: 'ALL_USERS' }) }
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
function chooseDefault (body: Json, { kernel, path }: RecordRequest): Json {
  const others = kernel.store(Records).in(path)
  const isDefault = others.length === 0 || body['isDefault'] === true
  if (isDefault) for (const other of others) if (other.body['isDefault'] === true) kernel.store(Records).update(other, { body: { ...other.body, isDefault: false } })
  return { ...body, isDefault }
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
