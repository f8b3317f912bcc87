import t from 'tap'
import { readOptions, type FastifyOktaOptions } from '#fastify-okta/options.js'

const ISSUER = { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' }
const TOKEN = { token: '00-secret' }
const SECRET = { clientId: '0oa', clientSecret: 'secret' }
const DAY_MS = 86_400_000

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
  const rooms: Record<string, unknown> = { '': settings, dpop: settings.dpop, directory: settings.issuers[0]?.directory, introspection: settings.issuers[0]?.introspection }
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

t.test('URLs are https, or plain http on the loopback', async t => {
  const good = [
    'https://acme.okta.com/oauth2/default', 'https://login.acme.example/oauth2/aus1', 'http://127.0.0.1:4000/oauth2/default', 'http://127.8.9.1/a', 'http://localhost/a', 'http://[::1]:4000/a'
  ]
  const bad = [
    'http://acme.okta.com/oauth2/default', 'http://127.0.0.1.example.com/a', 'http://localhost.example.com/a', 'http://[::2]/a', 'http://1127.0.0.1/a', 'http://example.com/127.0.0.1',
    'ftp://127.0.0.1/a', 'file:///etc/passwd', 'data:,a', 'https://user@acme.okta.com/a', 'https://:password@acme.okta.com/a', 'acme.okta.com', '', undefined, null, 1, {}, ['https://acme.okta.com/a'], new URL('https://acme.okta.com/a')
  ]
  const places: Record<string, (url: unknown) => object> = {
    issuer: issuer => ({ issuer }),
    jwksUri: jwksUri => ({ jwksUri }),
    publicUrl: publicUrl => ({ publicUrl }),
    'introspection.endpoint': endpoint => ({ introspection: { ...SECRET, endpoint } }),
    'directory.orgUrl': orgUrl => ({ directory: { ...TOKEN, orgUrl } })
  }
  for (const [option, place] of Object.entries(places)) {
    for (const url of good) t.doesNotThrow(() => read(place(url)), `${option}: ${url}`)
    for (const url of bad.filter(url => url !== undefined && (url !== null || option === 'issuer'))) {
      t.equal(faultOf(place(url)), `${option} must be an https URL (plain http on the loopback only)`, `${option}: ${String(url)}`)
    }
  }
  t.match(faultOf({ issuer: undefined }), /^issuer must be/)
})

t.test('an issuer is what tokens name, to the letter', async t => {
  for (const tail of ['/', '?a=b', '#a']) {
    t.equal(faultOf({ issuer: `${ISSUER.issuer}${tail}` }), 'issuer must be exactly what tokens name: no slash at the end, no query, no fragment', tail)
    t.equal(faultOf({ publicUrl: `https://greeting.example${tail}` }), 'publicUrl must have no slash at the end, no query and no fragment', tail)
  }
  t.equal(read({ publicUrl: 'https://greeting.example/api' }).publicUrl, 'https://greeting.example/api')
})

t.test('an org authorization server of Okta\'s can only be asked', async t => {
  for (const host of ['acme.okta.com', 'acme.oktapreview.com', 'acme.okta-emea.com', 'acme.okta-gov.com', 'acme.okta.mil']) {
    t.match(faultOf({ issuer: `https://${host}` }), /^issuer is an org authorization server/, host)
    t.equal(read({ issuer: `https://${host}`, introspection: SECRET }).issuers[0]?.introspection?.endpoint, `https://${host}/oauth2/v1/introspect`)
  }
  for (const issuer of ['https://login.acme.example', 'https://okta.com.example', 'https://notokta.com']) t.doesNotThrow(() => read({ issuer }), issuer)
})

t.test('audiences and clients are one or more texts', async t => {
  t.same(read({ audience: ['a', 'b'] }).issuers[0]?.audiences, ['a', 'b'])
  t.same(read({ clientIds: ['a'] }).issuers[0]?.clientIds, ['a'])
  for (const value of ['', [], [''], ['a', ''], ['a', 1], null, 1, {}]) {
    t.equal(faultOf({ audience: value }), 'audience must be one or more non-empty texts', JSON.stringify(value))
    t.equal(faultOf({ clientIds: value }), 'clientIds must be one or more non-empty texts')
    t.equal(faultOf({ directory: { ...TOKEN, profileAttributes: value } }), 'directory.profileAttributes must be one or more non-empty texts')
    t.equal(faultOf({ directory: { clientId: 'a', privateKey: 'b', scopes: value } }), 'directory.scopes must be one or more non-empty texts')
  }
  t.match(faultOf({ audience: undefined }), /^audience /)
  t.equal(faultOf({ clientIds: 'a' }), 'clientIds must be one or more non-empty texts')
})

t.test('there are several issuers or one', async t => {
  const other = { ...ISSUER, issuer: 'https://acme.okta.com/oauth2/other', jwksUri: 'https://keys.example/' }
  t.match(readOptions({ issuers: [ISSUER, other] }), { issuers: [{ issuer: ISSUER.issuer }, { issuer: other.issuer, jwksUri: 'https://keys.example/' }] })
  for (const issuers of [[], undefined, null, {}, 'a', ISSUER]) {
    t.equal(faultOf({ issuers }), 'issuers must be a list of at least one issuer', JSON.stringify(issuers))
  }
  t.equal(faultOf({ issuers: [ISSUER, { ...ISSUER, audience: 'other' }] }), 'issuers must differ')
  for (const options of [undefined, null, 'a', 1]) {
    t.throws(() => readOptions(options as never), { name: 'TypeError', message: 'the options must be an object' }, String(options))
  }
})

t.test('the realm goes into a header, and can', async t => {
  t.equal(read({ realm: 'My API [1]!~ #' }).realm, 'My API [1]!~ #')
  for (const realm of ['', 'a"', 'a\\', 'a\r\nb', 'é', '\x7f', 1, null, ['a']]) t.equal(faultOf({ realm }), 'realm must be printable ASCII without " and \\', JSON.stringify(realm))
})

t.test('the second opinion is on or off', async t => {
  t.equal(read({ secondOpinion: false }).secondOpinion, false)
  for (const secondOpinion of [0, 1, 'false', null, {}]) t.equal(faultOf({ secondOpinion }), 'secondOpinion must be true or false')
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
  const replayStore = { remember: () => true }
  t.match(read({ dpop: { nonceSecret, replayStore } }).dpop, { nonceSecret, replayStore })
  t.notOk('nonceSecret' in read({}).dpop)
  for (const secret of [new Uint8Array(31), 'a'.repeat(32), Array.from({ length: 32 }), null]) t.equal(faultOf({ dpop: { nonceSecret: secret } }), 'dpop.nonceSecret must be at least 32 bytes')
  for (const store of [null, {}, { remember: true }, 'a']) t.equal(faultOf({ dpop: { replayStore: store } }), 'dpop.replayStore must have a method remember')
})

t.test('a recorder is an object with methods', async t => {
  const recorder = { recordRefusal: () => {}, anything: 'else' }
  t.equal(read({ recorder }).recorder, recorder)
  for (const wrong of [null, 'a', [], () => {}]) t.equal(faultOf({ recorder: wrong }), 'recorder must be an object')
  t.equal(faultOf({ recorder: { recordRefusal: 'a' } }), 'recorder.recordRefusal must be a function')
})

t.test('a directory has an API token, or a service app with a key', async t => {
  const privateKey = { kty: 'RSA' }
  const app = { clientId: '0oa', scopes: ['okta.users.read'], privateKey }
  t.match(read({ directory: TOKEN }).issuers[0]?.directory, { orgUrl: 'https://acme.okta.com', credentials: TOKEN, profileAttributes: [] })
  t.strictSame(read({ directory: app }).issuers[0]?.directory?.credentials, app)
  t.strictSame(read({ directory: { ...app, privateKey: 'pem', keyId: 'a', timeoutMs: 5 } }).issuers[0]?.directory?.credentials, { ...app, privateKey: 'pem', keyId: 'a' })
  t.equal(read({ directory: { ...TOKEN, orgUrl: 'https://login.acme.example/a?b' } }).issuers[0]?.directory?.orgUrl, 'https://login.acme.example')

  for (const token of ['', undefined, null, 1, ['a']]) t.equal(faultOf({ directory: { token } }), 'directory.token must be an API token', String(token))
  for (const clientId of ['', undefined, null, 1]) t.equal(faultOf({ directory: { ...app, clientId } }), 'directory needs a token, or a clientId with scopes and a privateKey')
  t.equal(faultOf({ directory: {} }), 'directory needs a token, or a clientId with scopes and a privateKey')
  for (const key of [undefined, null, 1]) t.equal(faultOf({ directory: { ...app, privateKey: key } }), 'directory.privateKey must be a PEM or a JWK')
})

t.test('introspection has a client with a secret or a key', async t => {
  t.match(read({ introspection: SECRET }).issuers[0]?.introspection, { endpoint: 'https://acme.okta.com/oauth2/default/v1/introspect', credentials: SECRET })
  t.match(read({ introspection: { ...SECRET, endpoint: 'https://a.example/b' } }).issuers[0]?.introspection, { endpoint: 'https://a.example/b' })
  for (const privateKey of ['pem', { kty: 'EC' }]) t.doesNotThrow(() => read({ introspection: { clientId: 'a', privateKey } }))
  for (const clientId of ['', undefined, null, 1]) t.equal(faultOf({ introspection: { ...SECRET, clientId } }), 'introspection.clientId must be the id of a client')
  for (const secret of ['', undefined, null, 1]) {
    t.equal(faultOf({ introspection: { clientId: 'a', clientSecret: secret } }), 'introspection needs a clientSecret or a privateKey')
    t.equal(faultOf({ introspection: { clientId: 'a', privateKey: secret } }), 'introspection needs a clientSecret or a privateKey')
  }
})

t.test('null in place of a group of options, or of an issuer, is a fault that is named', async t => {
  for (const option of ['directory', 'introspection', 'dpop']) {
    for (const value of [null, 'required', 1, true]) t.match(faultOf({ [option]: value }), new RegExp(`^${option}\\b`), `${option}: ${String(value)}`)
  }
  t.match(faultOf({ issuers: [null] }), /^issuers\b/)
})

t.test('a fault does not quote a secret', async t => {
  for (const options of [{ directory: { token: ['00-secret'] } }, { introspection: { ...SECRET, clientId: '' } }, { issuer: 'https://user:00-secret@acme.okta.com/a' }]) {
    t.notMatch(faultOf(options), /secret@|00-secret|"secret"/)
  }
})

t.test('the options that are given are not changed, and changing them later changes nothing', async t => {
  const options = {
    issuers: [{ ...ISSUER, audience: ['a'], clientIds: ['b'], directory: { clientId: 'c', scopes: ['d'], privateKey: { kty: 'RSA' }, profileAttributes: ['e'] } }],
    publicUrl: 'https://greeting.example',
    dpop: { maxReplays: 5 }
  }
  const before = structuredClone(options)
  const settings = readOptions(options)
  t.strictSame(options, before)
  t.notOk([options, options.issuers, options.issuers[0], options.dpop].some(Object.isFrozen))

  const [issuer] = options.issuers as [typeof options.issuers[0]]
  for (const list of [issuer.audience, issuer.clientIds, issuer.directory.scopes, issuer.directory.profileAttributes]) list.push('more')
  issuer.issuer = 'https://other.example/a'
  options.dpop.maxReplays = 1
  t.match(settings, { issuers: [{ issuer: ISSUER.issuer, directory: { credentials: {} } }], dpop: { maxReplays: 5 } })
  t.same(settings.issuers[0]?.audiences, ['a'])
  t.same(settings.issuers[0]?.clientIds, ['b'])
  t.same(settings.issuers[0]?.directory?.profileAttributes, ['e'])
  t.same((settings.issuers[0]?.directory?.credentials as unknown as { scopes: string[] }).scopes, ['d'])
})

t.test('settings are frozen', async t => {
  const settings = read({ directory: TOKEN, introspection: SECRET, audience: ['a'] })
  const [issuer] = settings.issuers
  for (const part of [settings, settings.dpop, issuer, issuer?.directory, issuer?.introspection, issuer?.audiences]) t.ok(Object.isFrozen(part))
})
