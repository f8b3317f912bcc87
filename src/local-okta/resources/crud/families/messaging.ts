import { invalid, OktaApiError } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { createKeyPairSync } from '../../../tokens/signing-keys.js'
import { lifecycle, past } from '../definitions.js'
import type { RecordRequest } from '../definitions.js'
import { refuseIfUsedIn } from '../in-use.js'
import { executeInlineHook } from '../inline-hook.js'
import { Records } from '../store.js'
import type { Family } from './family.js'

/** What the org sends and is called by: hooks, log streams, e-mail, SMS and push. Only an inline hook is ever called, on request. */
export const messaging: Family = {
  collections: [
    { path: '/inlineHooks', prefix: 'cal', type: 'InlineHook', events: past('inline_hook'), isDeletedInactive: true, hidden: ['channel.config.authScheme.value', 'channel.config.clientSecret'] },
    { path: '/hook-keys', prefix: 'HKY', type: 'HookKey', events: lifecycle('hook_key'), unique: 'name', make: withKey, defaults: { isUsed: 'false' } },
    { path: '/logStreams', prefix: '0oa', type: 'LogStream', events: lifecycle('system.log_stream.lifecycle'), unique: 'name', hidden: ['settings.token'] },
    { path: '/templates/sms', prefix: 'cst', type: 'SmsTemplate', events: lifecycle('system.sms_template'), unique: 'name' },
    { path: '/push-providers', prefix: 'ppc', type: 'PushProvider', events: lifecycle('system.push_provider'), unique: 'name', hidden: ['configuration.tokenSigningKey', 'configuration.serviceAccountJson'], checkRemoval: refuseIfUsedIn('/authenticators') },
    {
      path: '/email-servers',
      prefix: 'ems',
      type: 'EmailServer',
      events: lifecycle('system.email_server'),
      wrapper: 'email-servers',
      hidden: ['password', 'clientSecret', 'jwtSigningKey'],
      verbs: { test: {} }
    },
    {
      path: '/telephony-providers',
      prefix: 'tel',
      type: 'TelephonyProvider',
      events: lifecycle('system.telephony_provider'),
      initialStatus: 'INACTIVE',
      hidden: ['providerAuthToken'],
      verbs: { setAsPrimary: { body: { isPrimaryProvider: true } }, test: {} },
      view: (_kernel, { key, status }, shown) => ({ isPrimaryProvider: false, ...shown, id: key, enabled: status === 'ACTIVE' })
    },
    {
      path: '/email-domains',
      prefix: 'OeD',
      type: 'EmailDomain',
      events: lifecycle('system.email_domain'),
      unique: 'domain',
      conflict: 'E0000195',
      embed: (kernel, { body }, name) => name === 'brands' ? brandsOf(kernel, body) : undefined,
      make: ({ domain, ...body }) => ({ ...body, domain, validationStatus: 'NOT_STARTED', dnsValidationRecords: [{ recordType: 'TXT', fqdn: `_oktaverification.${domain}`, verificationValue: 'local-okta' }] }),
      verbs: { verify: { body: { validationStatus: 'VERIFIED' } } }
    },
    {
      path: '/domains',
      prefix: 'OcD',
      type: 'Domain',
      events: lifecycle('system.custom_url_domain'),
      wrapper: 'domains',
      unique: 'domain',
      make: withDnsRecords,
      hidden: ['privateKey', 'certificate', 'certificateChain'],
      verbs: { verify: { body: { validationStatus: 'VERIFIED' } }, certificate: { body: { certificateSourceType: 'MANUAL' } } }
    },
    {
      path: '/captchas',
      prefix: 'cap',
      type: 'CAPTCHAInstance',
      events: lifecycle('system.captcha'),
      hidden: ['secretKey'],
      make: requireOnlyOne,
      checkRemoval: (kernel, { key }) => {
        if (kernel.store(Records).find('/org/captcha', '')?.body['captchaId'] === key) throw new OktaApiError('E0000149')
      }
    }
  ],
  fixed: [
    { path: '/inlineHooks/{inlineHookId}/execute', method: 'POST', answer: executeInlineHook },
    { path: '/hook-keys/public/{keyId}', answer: (kernel, { params }) => publicKeyOf(kernel, params['keyId'] ?? '') },
    { path: '/meta/schemas/logStream', answer: ({ orgUrl }) => LOG_STREAM_TYPES.map((type) => toLogStreamSchema(orgUrl, type)) },
    { path: '/meta/schemas/logStream/{logStreamType}', answer: ({ orgUrl }, { params }) => toLogStreamSchema(orgUrl, readLogStreamType(params['logStreamType'])) }
  ]
}

function requireOnlyOne (body: Json, { kernel, path }: RecordRequest): Json {
  if (kernel.store(Records).in(path).length > 0) throw new OktaApiError('E0000165')
  return body
}

function brandsOf (kernel: Kernel, { brandId }: Json): Json[] {
  return kernel.store(Records).in('/brands').filter(({ key }) => key === brandId).map(({ key, body }) => ({ ...body, id: key }))
}

const LOG_STREAM_TYPES = ['aws_eventbridge', 'splunk_cloud_logstreaming'] as const

function withKey (body: Json): Json {
  const { kid, publicJwk } = createKeyPairSync()
  return { ...body, keyId: kid, _embedded: publicJwk }
}

function publicKeyOf (kernel: RecordRequest['kernel'], keyId: string): unknown {
  const key = kernel.store(Records).in('/hook-keys').find(({ body }) => body['keyId'] === keyId)
  return (key ?? kernel.store(Records).get('/hook-keys', keyId, 'HookKey')).body['_embedded']
}

function withDnsRecords ({ domain, ...body }: Json, { kernel }: RecordRequest): Json {
  const brandId = body['brandId'] ?? kernel.store(Records).in('/brands').find((brand) => brand.body['isDefault'] === true)?.key
  return {
    ...body,
    domain,
    ...(brandId === undefined ? {} : { brandId }),
    validationStatus: 'NOT_STARTED',
    dnsRecords: [
      { recordType: 'TXT', fqdn: `_oktaverification.${domain}`, values: ['local-okta'], expiration: new Date(kernel.clock.now() + 30 * 24 * 3600 * 1000).toISOString() },
      { recordType: 'CNAME', fqdn: domain, values: [new URL(kernel.orgUrl).host] }
    ]
  }
}

function readLogStreamType (type: string | undefined): string {
  const known = LOG_STREAM_TYPES.find((name) => name === type)
  if (known === undefined) throw invalid('logStreamType', `must be one of ${LOG_STREAM_TYPES.join(', ')}`)
  return known
}

function toLogStreamSchema (orgUrl: string, type: string): Json {
  const href = `${orgUrl}/api/v1/meta/schemas/logStream/${type}`
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    id: href,
    title: type === 'aws_eventbridge' ? 'AWS EventBridge' : 'Splunk Cloud',
    type: 'object',
    properties: { settings: { type: 'object', properties: {} }, name: { title: 'Name', type: 'string', pattern: '^.{1,100}$' } },
    required: ['name', 'settings'],
    _links: { self: { href } }
  }
}
