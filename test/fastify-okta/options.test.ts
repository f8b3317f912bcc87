import t from 'tap'
import { readOptions, type FastifyOktaOptions } from '#fastify-okta/options.js'
import { createEcPair } from '../kit/key-pair.js'

const ISSUER = { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' }
const TOKEN = { token: '00-secret' }
const SECRET = { clientId: '0oa', clientSecret: 'secret' }
const DAY_MS = 86_400_000
const { privateKey: KEY } = createEcPair()
const JWK = KEY.export({ format: 'jwk' }) as Record<string, unknown>

/** Settings of these options beside a good issuer. */
function read (options: object): ReturnType<typeof readOptions> {
  return readOptions({ ...ISSUER, ...options } as FastifyOktaOptions)
}

function faultOf (options: object): string {
  try {
    read(options)
    return 'no fault'
  } catch (error) {
    return error instanceof TypeError ? error.message : `no TypeError: ${String(error)}`
  }
}

/** What `read` makes of an option that is not given, of the least that it takes, and what it refuses. */
const NUMBERS: Record<string, { of: (value: unknown) => object, default: number, least: number }> = {
  clockToleranceSeconds: { of: clockToleranceSeconds => ({ clockToleranceSeconds }), default: 30, least: 0 },
  maxTokenLifetimeSeconds: { of: maxTokenLifetimeSeconds => ({ maxTokenLifetimeSeconds }), default: 86_400, least: 1 },
  maxTokenBytes: { of: maxTokenBytes => ({ maxTokenBytes }), default: 16_384, least: 1 },
  maxVerifiedTokens: { of: maxVerifiedTokens => ({ maxVerifiedTokens }), default: 50_000, least: 1 },
  maxVerifiedTokenBytes: { of: maxVerifiedTokenBytes => ({ maxVerifiedTokenBytes }), default: 134_217_728, least: 1 },
  keysTtlMs: { of: keysTtlMs => ({ keysTtlMs }), default: 600_000, least: 1 },
  keysCeilingMs: { of: keysCeilingMs => ({ keysTtlMs: 1, keysCeilingMs }), default: DAY_MS, least: 1 },
  keysCooldownMs: { of: keysCooldownMs => ({ keysCooldownMs }), default: 10_000, least: 1 },
  keysTimeoutMs: { of: keysTimeoutMs => ({ keysTimeoutMs }), default: 2500, least: 1 },
  'dpop.proofLifetimeSeconds': { of: proofLifetimeSeconds => ({ dpop: { proofLifetimeSeconds } }), default: 60, least: 1 },
  'dpop.nonceLifetimeSeconds': { of: nonceLifetimeSeconds => ({ dpop: { nonceLifetimeSeconds } }), default: 0, least: 0 },
  'dpop.maxReplays': { of: maxReplays => ({ dpop: { maxReplays } }), default: 200_000, least: 1 },
  'revocation.maxWatermarks': { of: maxWatermarks => ({ revocation: { maxWatermarks } }), default: 100_000, least: 1 },
  'directory.userCacheTtlMs': { of: userCacheTtlMs => ({ directory: { ...TOKEN, userCacheTtlMs } }), default: 60_000, least: 0 },
  'directory.userCacheCeilingMs': { of: userCacheCeilingMs => ({ directory: { ...TOKEN, userCacheTtlMs: 0, userCacheCeilingMs } }), default: 3_600_000, least: 0 },
  'directory.timeoutMs': { of: timeoutMs => ({ directory: { ...TOKEN, timeoutMs } }), default: 2000, least: 1 },
  'directory.cooldownMs': { of: cooldownMs => ({ directory: { ...TOKEN, cooldownMs } }), default: 1000, least: 0 },
  'directory.maxCachedUsers': { of: maxCachedUsers => ({ directory: { ...TOKEN, maxCachedUsers } }), default: 50_000, least: 1 },
  'directory.maxCachedBytes': { of: maxCachedBytes => ({ directory: { ...TOKEN, maxCachedBytes } }), default: 134_217_728, least: 1 },
  'introspection.cacheTtlMs': { of: cacheTtlMs => ({ introspection: { ...SECRET, cacheTtlMs } }), default: 30_000, least: 0 },
  'introspection.timeoutMs': { of: timeoutMs => ({ introspection: { ...SECRET, timeoutMs } }), default: 2000, least: 1 },
  'introspection.maxConcurrent': { of: maxConcurrent => ({ introspection: { ...SECRET, maxConcurrent } }), default: 64, least: 1 }
}

function settingOf (option: string, options: object): unknown {
  const settings = read(options)
  const [room = '', name = ''] = option.includes('.') ? option.split('.') : ['', option]
  const rooms: Record<string, unknown> = { '': settings, dpop: settings.dpop, revocation: settings.revocation, directory: settings.issuers[0]?.directory, introspection: settings.issuers[0]?.introspection }
  return (rooms[room] as Record<string, unknown>)[name]
}

t.test('an issuer and an audience are enough', async t => {
  t.strictSame(JSON.parse(JSON.stringify(read({}))), {
    issuers: [{
      issuer: 'https://acme.okta.com/oauth2/default',
      audiences: ['api://default'],
      jwksUri: 'https://acme.okta.com/oauth2/default/v1/keys',
      introspection: null,
      directory: null
    }],
    dpop: { mode: 'off', proofLifetimeSeconds: 60, nonceLifetimeSeconds: 0, maxReplays: 200_000 },
    revocation: { maxWatermarks: 100_000 },
    eventHook: null,
    universalLogout: null,
    securityEvents: null,
    systemLog: null,
    secondOpinion: true,
    realm: 'okta',
    clockToleranceSeconds: 30,
    maxTokenLifetimeSeconds: 86_400,
    maxTokenBytes: 16_384,
    maxVerifiedTokens: 50_000,
    maxVerifiedTokenBytes: 134_217_728,
    keysTtlMs: 600_000,
    keysCeilingMs: DAY_MS,
    keysCooldownMs: 10_000,
    keysTimeoutMs: 2500,
    recorder: {}
  })
})

t.test('every number has a default, a least value, and a name where it is wrong', async t => {
  for (const [option, { of, default: otherwise, least }] of Object.entries(NUMBERS)) {
    t.equal(settingOf(option, of(undefined)), otherwise, option)
    t.equal(settingOf(option, of(least)), least)
    for (const value of [least - 1, -1, 1.5, NaN, Infinity, 2 ** 53, '5', null, true, [5], {}, 5n]) {
      t.equal(faultOf(of(value)), `${option} must be a whole number of at least ${least}`, String(value))
    }
  }
})

t.test('a ceiling is not below the time that it is a ceiling of', async t => {
  t.ok(read({ keysTtlMs: 5, keysCeilingMs: 5 }))
  t.equal(faultOf({ keysTtlMs: 6, keysCeilingMs: 5 }), 'keysCeilingMs must be at least keysTtlMs')
  t.ok(read({ directory: { ...TOKEN, userCacheTtlMs: 5, userCacheCeilingMs: 5 } }))
  t.equal(faultOf({ directory: { ...TOKEN, userCacheTtlMs: 6, userCacheCeilingMs: 5 } }), 'directory.userCacheCeilingMs must be at least directory.userCacheTtlMs')
})

t.test('a timeout fits into a timer, and a number of entries into memory', async t => {
  for (const option of ['keysTimeoutMs', 'directory.timeoutMs', 'introspection.timeoutMs']) {
    t.equal(settingOf(option, NUMBERS[option]?.of(2_147_483_647) ?? {}), 2_147_483_647)
    t.equal(faultOf(NUMBERS[option]?.of(2_147_483_648) ?? {}), `${option} must be at most 2147483647`)
  }
  for (const option of ['maxVerifiedTokens', 'directory.maxCachedUsers', 'dpop.maxReplays']) {
    t.equal(faultOf(NUMBERS[option]?.of(16_777_216) ?? {}), `${option} must be at most 16000000`)
  }
})

t.test('an option that is undefined counts as not given', async t => {
  const given = Object.fromEntries([
    'clientIds', 'jwksUri', 'introspection', 'directory', 'publicUrl', 'dpop', 'secondOpinion', 'realm', 'clockToleranceSeconds', 'maxTokenLifetimeSeconds',
    'maxTokenBytes', 'maxVerifiedTokens', 'maxVerifiedTokenBytes', 'keysTtlMs', 'keysCeilingMs', 'keysCooldownMs', 'keysTimeoutMs', 'recorder', 'issuers'
  ].map(name => [name, undefined]))
  t.strictSame(read(given), read({}))
  const dpop = { mode: undefined, proofLifetimeSeconds: undefined, nonceLifetimeSeconds: undefined, nonceSecret: undefined, maxReplays: undefined, replayStore: undefined }
  t.strictSame(read({ dpop }), read({ dpop: {} }))
  const directory = { ...TOKEN, clientId: undefined, orgUrl: undefined, profileAttributes: undefined, sharedCache: undefined, timeoutMs: undefined, keyId: undefined }
  t.strictSame(read({ directory }), read({ directory: TOKEN }))
  t.strictSame(read({ introspection: { ...SECRET, privateKey: undefined, endpoint: undefined } }), read({ introspection: SECRET }))
})

t.test('an option that does not exist is named, with the one that was probably meant', async t => {
  const unknown: Array<[object, string]> = [
    [{ audiences: 'a' }, 'audiences is not an option: did you mean audience?'],
    [{ publicURL: 'https://a.example' }, 'publicURL is not an option: did you mean publicUrl?'],
    [{ jwksURI: 'a' }, 'jwksURI is not an option: did you mean jwksUri?'],
    [{ keysTtl: 5 }, 'keysTtl is not an option: did you mean keysTtlMs?'],
    [{ directroy: TOKEN }, 'directroy is not an option: did you mean directory?'],
    [{ token: 'a' }, 'token is not an option here: directory.token is'],
    [{ cacheTtlMs: 1 }, 'cacheTtlMs is not an option here: introspection.cacheTtlMs is'],
    [{ somethingElse: undefined }, 'somethingElse is not an option'],
    [{ dpop: { mod: 'off' } }, 'dpop.mod is not an option: did you mean mode?'],
    [{ dpop: { publicUrl: 'a' } }, 'dpop.publicUrl is not an option here: publicUrl is'],
    [{ directory: { ...TOKEN, orgURL: 'a' } }, 'directory.orgURL is not an option: did you mean orgUrl?'],
    [{ directory: { ...TOKEN, clientSecret: 'a' } }, 'directory.clientSecret is not an option here: introspection.clientSecret is'],
    [{ introspection: { ...SECRET, timeoutMS: 1, endPoint: 'a' } }, 'introspection.timeoutMS is not an option: did you mean timeoutMs?'],
    [{ recorder: { recordRefusals: () => {} } }, 'recorder.recordRefusals is not a method of a recorder']
  ]
  for (const [options, message] of unknown) t.ok(faultOf(options).startsWith(message), `${message} / ${faultOf(options)}`)
  t.throws(() => readOptions({ issuers: [ISSUER, { ...ISSUER, issuer: 'https://acme.okta.com/oauth2/b', audence: 'a' }] } as never), { name: 'TypeError', message: 'issuers[1].audence is not an option: did you mean audience?' })
  t.notMatch(faultOf({ '00-secret token': true }), /secret/)
  t.doesNotThrow(() => read({ prefix: '/v1', logLevel: 'warn', logSerializers: {} }), 'Fastify takes these itself')
})

t.test('an issuer\'s options stand beside it, or in each of several', async t => {
  const misplaced: Record<string, unknown> = { issuer: ISSUER.issuer, audience: 'a', clientIds: ['a'], jwksUri: 'https://a.example/keys', directory: TOKEN, introspection: SECRET }
  for (const [name, value] of Object.entries(misplaced)) {
    t.throws(() => readOptions({ issuers: [ISSUER], [name]: value } as never), { name: 'TypeError', message: `${name} stands beside issuers: put it into each of them, or leave issuers out` })
  }
  t.doesNotThrow(() => readOptions({ issuers: [ISSUER], issuer: undefined } as never))
  t.throws(() => readOptions({ issuers: [ISSUER, { ...ISSUER, issuer: 'https://acme.okta.com/oauth2/b', directory: { token: '' } }] }), { message: /^issuers\[1\]\.directory\.token is empty/ })
})

t.test('an org authorization server of Okta can be used with introspection only', async t => {
  for (const host of ['acme.okta.com', 'acme.oktapreview.com', 'acme.okta-emea.com', 'acme.okta-gov.com', 'acme.okta.mil']) {
    t.equal(faultOf({ issuer: `https://${host}` }), 'issuer is the org server: add /oauth2/default, or use introspection', host)
    t.equal(read({ issuer: `https://${host}`, introspection: SECRET }).issuers[0]?.introspection?.endpoint, `https://${host}/oauth2/v1/introspect`)
  }
  for (const host of ['127.0.0.1:4000', 'localhost', '[::1]']) t.match(faultOf({ issuer: `http://${host}` }), /^issuer is the org server/)
  for (const issuer of ['https://login.acme.example', 'https://okta.com.example', 'https://notokta.com', 'https://acme.okta', 'https://acme.okta.dev']) t.doesNotThrow(() => read({ issuer }), issuer)
})

t.test('audiences and clients are one or more strings', async t => {
  t.same(read({ audience: ['a', 'b'] }).issuers[0]?.audiences, ['a', 'b'])
  t.same(read({ clientIds: ['a'] }).issuers[0]?.clientIds, ['a'])
  for (const value of ['', [], [''], ['a', ''], ['a', 1], null, 1, {}]) {
    t.equal(faultOf({ audience: value }), 'audience must be a non-empty array of non-empty strings', JSON.stringify(value))
    t.equal(faultOf({ clientIds: value }), 'clientIds must be a non-empty array of non-empty strings')
    t.equal(faultOf({ directory: { ...TOKEN, profileAttributes: value } }), 'directory.profileAttributes must be a non-empty array of non-empty strings')
    t.equal(faultOf({ directory: { clientId: 'a', privateKey: JWK, scopes: value } }), 'directory.scopes must be a non-empty array of non-empty strings')
  }
  t.match(faultOf({ audience: undefined }), /^audience /)
  t.equal(faultOf({ clientIds: 'a' }), 'clientIds must be a non-empty array of non-empty strings')
})

t.test('there are several issuers or one', async t => {
  const other = { ...ISSUER, issuer: 'https://acme.okta.com/oauth2/other', jwksUri: 'https://keys.example/' }
  t.match(readOptions({ issuers: [ISSUER, other] }), { issuers: [{ issuer: ISSUER.issuer }, { issuer: other.issuer, jwksUri: 'https://keys.example/' }] })
  const alone = (issuers: unknown): void => { readOptions({ issuers } as never) }
  for (const issuers of [[], null, {}, 'a', ISSUER]) {
    t.throws(() => { alone(issuers) }, { name: 'TypeError', message: 'issuers must be an array of at least one issuer' }, JSON.stringify(issuers))
  }
  t.throws(() => { alone([ISSUER, { ...ISSUER, audience: 'other' }]) }, { message: 'issuers must differ: two have the same issuer' })
  for (const entry of [null, 'a', 1, []]) t.throws(() => { alone([ISSUER, entry]) }, { name: 'TypeError', message: 'issuers[1] must be an object' })
  for (const options of [undefined, null, 'a', 1]) {
    t.throws(() => readOptions(options as never), { name: 'TypeError', message: 'the options must be an object' }, String(options))
  }
})

t.test('the realm goes into a header, and can', async t => {
  t.equal(read({ realm: 'My API [1]!~ #' }).realm, 'My API [1]!~ #')
  for (const realm of ['', 'a"', 'a\\', 'a\r\nb', 'é', '\x7f', 1, null, ['a']]) t.equal(faultOf({ realm }), 'realm must be printable ASCII without " and \\', JSON.stringify(realm))
})

t.test('the cross-check is on or off', async t => {
  t.equal(read({ secondOpinion: false }).secondOpinion, false)
  for (const secondOpinion of [0, 1, 'false', null, {}]) t.equal(faultOf({ secondOpinion }), 'secondOpinion must be a boolean')
})

t.test('DPoP is allowed where there is a public URL, and needs one', async t => {
  const publicUrl = 'https://greeting.example'
  t.equal(read({ publicUrl }).dpop.mode, 'allowed')
  for (const mode of ['off', 'allowed', 'required']) t.equal(read({ publicUrl, dpop: { mode } }).dpop.mode, mode)
  t.equal(read({ dpop: { mode: 'off' } }).dpop.mode, 'off')
  for (const mode of ['allowed', 'required']) t.equal(faultOf({ dpop: { mode } }), 'dpop needs publicUrl, which proofs are compared with')
  for (const mode of ['on', '', null, true, ['off']]) t.equal(faultOf({ publicUrl, dpop: { mode } }), 'dpop.mode must be off, allowed or required', JSON.stringify(mode))
})

t.test('a shared cache has all that is asked of it', async t => {
  const sharedCache = { read: () => {}, write: () => {}, invalidate: () => {}, subscribe: () => {} }
  t.equal(read({ directory: { ...TOKEN, sharedCache } }).issuers[0]?.directory?.sharedCache, sharedCache)
  t.notOk('sharedCache' in (read({ directory: TOKEN }).issuers[0]?.directory ?? {}))
  const incomplete = Object.keys(sharedCache).map(method => ({ ...sharedCache, [method]: undefined }))
  for (const cache of [null, {}, 'a', ...incomplete]) {
    t.equal(faultOf({ directory: { ...TOKEN, sharedCache: cache } }), 'directory.sharedCache must have the methods read, write, invalidate and subscribe', JSON.stringify(cache))
  }
})

t.test('a secret for nonces is long, and a store for proofs remembers', async t => {
  const nonceSecret = new Uint8Array(32)
  const replayStore = { remember: async () => true }
  t.match(read({ dpop: { nonceSecret, replayStore } }).dpop, { nonceSecret, replayStore })
  t.notOk('nonceSecret' in read({}).dpop)
  for (const secret of [new Uint8Array(31), 'a'.repeat(32), Array.from({ length: 32 }), null]) t.equal(faultOf({ dpop: { nonceSecret: secret } }), 'dpop.nonceSecret must be a Uint8Array of at least 32 bytes')
  for (const store of [null, {}, { remember: true }, 'a']) t.equal(faultOf({ dpop: { replayStore: store } }), 'dpop.replayStore must have a method remember')

  const revocationStore = { raise: async () => {}, readAll: async () => [], subscribe: () => {} }
  t.match(read({ revocation: { store: revocationStore } }).revocation, { store: revocationStore })
  for (const store of [null, {}, { ...revocationStore, subscribe: true }, 'a']) t.equal(faultOf({ revocation: { store } }), 'revocation.store must have the methods raise, readAll and subscribe')
})

t.test('a recorder is an object with methods', async t => {
  const recorder = { recordRefusal: () => {}, anything: 'else' }
  t.equal(read({ recorder }).recorder, recorder)
  for (const wrong of [null, 'a', [], () => {}]) t.equal(faultOf({ recorder: wrong }), 'recorder must be an object')
  t.equal(faultOf({ recorder: { recordRefusal: 'a' } }), 'recorder.recordRefusal must be a function')
})

t.test('null in place of a group of options, or of an issuer, is a fault that is named', async t => {
  for (const option of ['directory', 'introspection', 'dpop']) {
    for (const value of [null, 'required', 1, true]) t.match(faultOf({ [option]: value }), new RegExp(`^${option}\\b`), `${option}: ${String(value)}`)
  }
})

t.test('a fault does not quote a secret', async t => {
  for (const options of [{ directory: { token: ['00-secret'] } }, { introspection: { ...SECRET, clientId: '' } }, { issuer: 'https://user:00-secret@acme.okta.com/a' }]) {
    t.notMatch(faultOf(options), /secret@|00-secret|"secret"/)
  }
})

t.test('the options that are given are not changed, and changing them later changes nothing', async t => {
  const options = {
    issuers: [{ ...ISSUER, audience: ['a'], clientIds: ['b'], directory: { clientId: 'c', scopes: ['d'], privateKey: { ...JWK }, profileAttributes: ['e'] } }],
    publicUrl: 'https://greeting.example',
    dpop: { maxReplays: 5, nonceSecret: new Uint8Array(32) }
  }
  const before = structuredClone(options)
  const settings = readOptions(options)
  t.strictSame(options, before)
  t.notOk([options, options.issuers, options.issuers[0], options.dpop].some(Object.isFrozen))

  const [issuer] = options.issuers as [typeof options.issuers[0]]
  for (const list of [issuer.audience, issuer.clientIds, issuer.directory.scopes, issuer.directory.profileAttributes]) list.push('more')
  issuer.issuer = 'https://other.example/a'
  options.dpop.maxReplays = 1
  options.dpop.nonceSecret.fill(1)
  issuer.directory.privateKey['d'] = 'x'
  t.match(settings, { issuers: [{ issuer: ISSUER.issuer, directory: { credentials: {} } }], dpop: { maxReplays: 5 } })
  t.same(settings.issuers[0]?.audiences, ['a'])
  t.same(settings.issuers[0]?.clientIds, ['b'])
  t.same(settings.issuers[0]?.directory?.profileAttributes, ['e'])
  t.match(settings.issuers[0]?.directory?.credentials, { scopes: ['d'], privateKey: JWK })
  t.same(settings.dpop.nonceSecret, new Uint8Array(32))
})

t.test('settings are frozen', async t => {
  const settings = read({ directory: TOKEN, introspection: SECRET, audience: ['a'] })
  const [issuer] = settings.issuers
  for (const part of [settings, settings.dpop, issuer, issuer?.directory, issuer?.introspection, issuer?.audiences]) t.ok(Object.isFrozen(part))
})
