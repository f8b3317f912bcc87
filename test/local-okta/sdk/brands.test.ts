import t from 'tap'
import type { Test } from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'
import type { Sdk } from './sdk.js'

const CUSTOMIZATION = { language: 'en', isDefault: true, subject: 'Welcome', body: '<html><body>${activationLink}</body></html>' } // eslint-disable-line no-template-curly-in-string -- Okta's template language

/** A brand that is deleted when the test ends. */
async function createBrand (t: Test, name: string): Promise<{ readonly api: Sdk['customizationApi'], readonly brandId: string }> {
  const { sdk: { customizationApi: api } } = await shareSdk()
  const { id: brandId } = await api.createBrand({ CreateBrandRequest: { name } })
  t.teardown(async () => { await api.deleteBrand({ brandId }) })
  return { api, brandId }
}

t.test('an org has a default brand, which stays; another one is created, changed, and deleted', async t => {
  const { sdk: { customizationApi: api } } = await shareSdk()
  const [standard] = await listOf(api.listBrands())
  t.match(standard, { isDefault: true, name: String })
  await refused(t, api.deleteBrand({ brandId: standard?.['id'] }), 409, 'E0000203')
  const { id: brandId } = await api.createBrand({ CreateBrandRequest: { name: 'Second' } })
  await refused(t, api.createBrand({ CreateBrandRequest: { name: 'Second' } }), 409, 'E0000202')
  t.match(await api.getBrand({ brandId, expand: ['themes', 'domains'] }), { isDefault: false, _embedded: { themes: [{ primaryColorHex: '#1662dd' }], domains: [] } })
  const policy = { name: 'Second', customPrivacyPolicyUrl: 'https://site.example/privacy' }
  await refused(t, api.replaceBrand({ brandId, brand: { ...policy, agreeToCustomPrivacyPolicy: false } }), 400, 'E0000001')
  t.match(await api.replaceBrand({ brandId, brand: { ...policy, agreeToCustomPrivacyPolicy: true, removePoweredByOkta: true } }), { ...policy, removePoweredByOkta: true })
  await api.deleteBrand({ brandId })
  await isGone(t, api.getBrand({ brandId }))
})

t.test('a brand has one theme, with colors and images', async t => {
  const { api, brandId } = await createBrand(t, 'Themed')
  const [theme] = await listOf(api.listBrandThemes({ brandId }))
  const ids = { brandId, themeId: theme?.['id'] }
  t.match(await api.replaceBrandTheme({ ...ids, theme: { ...theme, primaryColorHex: '#112233', loadingPageTouchPointVariant: 'NONE' } }), { primaryColorHex: '#112233' })
  const file = { data: Buffer.from('89504e470d0a1a0a', 'hex'), name: 'image.png' }
  for (const kind of ['Logo', 'Favicon', 'BackgroundImage'] as const) {
    t.match(await api[`uploadBrandTheme${kind}`]({ ...ids, file }), { url: /^http/ })
    await api[`deleteBrandTheme${kind}`](ids)
  }
  t.match(await api.getBrandTheme(ids), { primaryColorHex: '#112233' })
})

t.test('pages of a brand are not found until somebody has written them', async t => {
  const { api, brandId } = await createBrand(t, 'Paged')
  const content = { pageContent: '<!DOCTYPE html><html><body></body></html>' }
  for (const page of ['SignInPage', 'ErrorPage'] as const) {
    t.match(await api[`getDefault${page}`]({ brandId }), { pageContent: /html/ })
    for (const kind of ['Customized', 'Preview'] as const) {
      await isGone(t, api[`get${kind}${page}`]({ brandId }))
      t.match(await api[`replace${kind}${page}`]({ brandId, [page]: content }), content)
      t.match(await api[`get${kind}${page}`]({ brandId }), content)
      await api[`delete${kind}${page}`]({ brandId })
      await isGone(t, api[`get${kind}${page}`]({ brandId }))
    }
  }
  t.ok((await listOf(api.listAllSignInWidgetVersions({ brandId }))).length > 0)
  t.match(await api.getSignOutPageSettings({ brandId }), { type: 'OKTA_DEFAULT' })
})

t.test('one of the customizations of an e-mail is its default, of each language there is one', async t => {
  const { api, brandId } = await createBrand(t, 'Written')
  const template = { brandId, templateName: 'UserActivation' }
  const write = async (instance: Json) => await api.createEmailCustomization({ ...template, instance })
  const english = await write(CUSTOMIZATION)
  await refused(t, write({ ...CUSTOMIZATION, isDefault: false }), 409, 'E0000183')
  await refused(t, write({ ...CUSTOMIZATION, language: 'de' }), 409, 'E0000182')
  const french = await write({ ...CUSTOMIZATION, language: 'fr', isDefault: false })
  t.match(await listOf(api.listEmailCustomizations(template)), [{ language: 'en', isDefault: true }, { language: 'fr', isDefault: false }])
  t.match(await api.getEmailTemplate({ ...template, expand: ['settings', 'customizationCount'] }), { _embedded: { settings: { recipients: 'ALL_USERS' }, customizationCount: 2 } })
  const ids = { ...template, customizationId: english.id }
  await refused(t, api.replaceEmailCustomization({ ...ids, instance: { ...CUSTOMIZATION, isDefault: false } }), 409, 'E0000185')
  await refused(t, api.deleteEmailCustomization(ids), 409, 'E0000186')
  await api.replaceEmailCustomization({ ...template, customizationId: french.id, instance: { ...CUSTOMIZATION, language: 'fr' } })
  t.match(await api.getEmailCustomization(ids), { isDefault: false })
  t.match(await api.getCustomizationPreview(ids), { subject: 'Welcome' })
  await api.sendTestEmail({ ...template, language: 'en' })
  await api.deleteAllCustomizations(template)
  t.strictSame(await listOf(api.listEmailCustomizations(template)), [])
  await api.replaceEmailSettings({ ...template, EmailSettings: { recipients: 'ADMINS_ONLY' } })
  t.match(await api.getEmailSettings(template), { recipients: 'ADMINS_ONLY' })
})

t.test('domains for pages and for e-mail, and mail servers, are added and removed', async t => {
  const { sdk: { customDomainApi: domains, emailDomainApi: emailDomains, emailServerApi: servers } } = await shareSdk()
  const { brandId } = await createBrand(t, 'Addressed')
  const { id: domainId } = await domains.createCustomDomain({ domain: { domain: 'login.example', certificateSourceType: 'MANUAL' } })
  t.match(await domains.getCustomDomain({ domainId }), { validationStatus: 'NOT_STARTED', dnsRecords: [{ recordType: 'TXT' }, { recordType: 'CNAME' }] })
  t.match(await domains.listCustomDomains(), { domains: [{ id: domainId }] })
  t.match(await domains.verifyDomain({ domainId }), { validationStatus: 'VERIFIED' })
  await domains.upsertCertificate({ domainId, certificate: { type: 'PEM', certificate: 'a', certificateChain: 'b', privateKey: 'c' } })
  t.match(await domains.replaceCustomDomain({ domainId, UpdateDomain: { brandId } }), { brandId })
  await domains.deleteCustomDomain({ domainId })
  await isGone(t, domains.getCustomDomain({ domainId }))
  const { id: emailDomainId } = await emailDomains.createEmailDomain({ emailDomain: { brandId, domain: 'mail.example', displayName: 'IT', userName: 'noreply' } })
  t.match(await emailDomains.getEmailDomain({ emailDomainId, expand: ['brands'] }), { validationStatus: 'NOT_STARTED', _embedded: { brands: [{ id: brandId }] } })
  t.match(await emailDomains.replaceEmailDomain({ emailDomainId, updateEmailDomain: { displayName: 'Desk', userName: 'desk' } }), { displayName: 'Desk' })
  await emailDomains.deleteEmailDomain({ emailDomainId })
  await isGone(t, emailDomains.getEmailDomain({ emailDomainId }))
  const { id: emailServerId } = await servers.createEmailServer({ emailServerPost: { alias: 'Relay', enabled: true, host: 'smtp.example', port: 587, username: 'relay', password: 'secret' } })
  t.match(await servers.updateEmailServer({ emailServerId, emailServerRequest: { alias: 'Other' } }), { alias: 'Other', host: 'smtp.example' })
  await servers.deleteEmailServer({ emailServerId })
  await isGone(t, servers.getEmailServer({ emailServerId }))
})

t.test('an org has one CAPTCHA, which stays while its pages use it', async t => {
  const { sdk: { captchaApi: api } } = await shareSdk()
  const instance = { name: 'Robots', type: 'RECAPTCHA_V2', siteKey: 'site', secretKey: 'secret' }
  const { id: captchaId, ...created } = await api.createCaptchaInstance({ instance })
  t.notMatch(created, { secretKey: String })
  await refused(t, api.createCaptchaInstance({ instance: { ...instance, name: 'Second' } }), 403, 'E0000165')
  t.match(await api.updateCaptchaInstance({ captchaId, instance: { name: 'Renamed' } }), { name: 'Renamed', siteKey: 'site' })
  await api.replacesOrgCaptchaSettings({ orgCAPTCHASettings: { captchaId, enabledPages: ['SSR'] } })
  await refused(t, api.deleteCaptchaInstance({ captchaId }), 403, 'E0000149')
  await api.deleteOrgCaptchaSettings()
  await api.deleteCaptchaInstance({ captchaId })
  await isGone(t, api.getCaptchaInstance({ captchaId }))
})
