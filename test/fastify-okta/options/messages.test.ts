import t from 'tap'
import { readMessageOptions, type MessageOptions } from '#fastify-okta/options/messages.js'
import { readOptions, type FastifyOktaOptions } from '#fastify-okta/options.js'

const PUBLIC_URL = 'https://api.example.com'
const ISSUER = { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' }
const store = { use: async () => true, release: async () => {} }
const positions = { lease: async () => ({ position: null, freeInMs: 0 }), save: async () => true }

t.test('each way is off unless it is given, and has a path of its own', async (t) => {
  t.same(readMessageOptions({}), { eventHook: null, universalLogout: null, securityEvents: null, systemLog: null })
  t.same(readMessageOptions({
    publicUrl: PUBLIC_URL,
    eventHook: { secret: 'sixteen-letters-' },
    universalLogout: { clientId: '0oa1' },
    securityEvents: { audience: 'https://api.example.com/ssf' },
    systemLog: { pollSeconds: 10 }
  }), {
    eventHook: { secret: 'sixteen-letters-', path: '/okta/events' },
    universalLogout: { clientId: '0oa1', path: '/okta/universal-logout' },
    securityEvents: { audience: 'https://api.example.com/ssf', authorization: undefined, revokeOn: ['session-revoked', 'credential-change'], path: '/okta/security-events' },
    systemLog: { pollSeconds: 10 }
  })
})

t.test('stores, an audience and events of the host\'s own are used as they are, and cannot be changed afterwards', async (t) => {
  const revokeOn: Array<'session-revoked' | 'credential-change'> = ['credential-change']
  const settings = readMessageOptions({
    universalLogout: { clientId: '0oa1', audience: 'https://api.example.com/sign-out', path: '/sign-out', store },
    securityEvents: { audience: 'x', authorization: 'Bearer a b', revokeOn, store },
    systemLog: { pollSeconds: 86_400, store: positions }
  })
  revokeOn.push('session-revoked')

  t.match(settings.universalLogout, { audience: 'https://api.example.com/sign-out', path: '/sign-out', store })
  t.match(settings.securityEvents, { authorization: 'Bearer a b', revokeOn: ['credential-change'], store })
  t.match(settings.systemLog, { pollSeconds: 86_400, store: positions })
  t.same(readMessageOptions({ securityEvents: { audience: 'x', revokeOn: [] } }).securityEvents?.revokeOn, [])
})

t.test('what is wrong is named, with the rule, and never with the value', async (t) => {
  const wrong: Array<[options: unknown, message: RegExp]> = [
    [{ eventHook: 'a-secret-of-the-test' }, /^eventHook must be an object/],
    [{ eventHook: {} }, /^eventHook\.secret must be a string of at least 16 printable ASCII characters/],
    [{ eventHook: { secret: 'swordfish' } }, /^eventHook\.secret must be/],
    [{ eventHook: { secret: 'swordfish-swordfish\n' } }, /^eventHook\.secret must be/],
    [{ eventHook: { secret: 'sixteen-letters-', paht: '/x' } }, /^eventHook\.paht is not an option: did you mean path\?/],
    ...['events', '/events/', '/a//b', '/:id', '/*', '/a?b', '/a b', '', 7].map((path): [unknown, RegExp] => [{ eventHook: { secret: 'sixteen-letters-', path } }, /^eventHook\.path must be a path/]),
    [{ universalLogout: { clientId: '0oa1' } }, /^universalLogout needs publicUrl/],
    [{ publicUrl: PUBLIC_URL, universalLogout: {} }, /^universalLogout\.clientId must be a string/],
    [{ publicUrl: PUBLIC_URL, universalLogout: { clientId: ' 0oa1' } }, /^universalLogout\.clientId begins or ends with a space/],
    [{ publicUrl: PUBLIC_URL, universalLogout: { clientId: '0oa1', store: {} } }, /^universalLogout\.store must have the methods use and release/],
    [{ securityEvents: {} }, /^securityEvents\.audience must be a string/],
    [{ securityEvents: { audience: '' } }, /^securityEvents\.audience is empty/],
    [{ securityEvents: { audience: 'x', authorization: '' } }, /^securityEvents\.authorization must be/],
    [{ securityEvents: { audience: 'x', authorization: 'swordfish\r\n' } }, /^securityEvents\.authorization must be/],
    [{ securityEvents: { audience: 'x', revokeOn: ['session-ended'] } }, /^securityEvents\.revokeOn must be an array of session-revoked and credential-change/],
    [{ securityEvents: { audience: 'x', revokeOn: 'session-revoked' } }, /^securityEvents\.revokeOn must be an array/],
    [{ securityEvents: { audience: 'x', store: { use: async () => true } } }, /^securityEvents\.store must have the methods use and release/],
    [{ systemLog: {} }, /^systemLog\.pollSeconds is required/],
    ...[9, 0, -1, 10.5, 86_401, '60', NaN].map((pollSeconds): [unknown, RegExp] => [{ systemLog: { pollSeconds } }, /^systemLog\.pollSeconds must be/]),
    [{ systemLog: { pollSeconds: 60, store: { lease: async () => {} } } }, /^systemLog\.store must have the methods lease and save/]
  ]
  for (const [options, message] of wrong) {
    t.throws(() => readMessageOptions(options as MessageOptions), { name: 'TypeError', message }, JSON.stringify(options))
    try {
      readMessageOptions(options as MessageOptions)
    } catch (error) {
      t.notMatch((error as Error).message, 'swordfish')
    }
  }
})

t.test('the System Log needs a directory, of any issuer', async (t) => {
  const systemLog = { pollSeconds: 60 }
  const read = (options: object): unknown => readOptions(options as FastifyOktaOptions).systemLog
  t.throws(() => read({ ...ISSUER, systemLog }), { message: /^systemLog needs a directory/ })
  t.match(read({ ...ISSUER, directory: { token: 'x' }, systemLog }), systemLog)
  t.match(read({ issuers: [ISSUER, { ...ISSUER, issuer: 'https://other.okta.com/oauth2/default', directory: { token: 'x' } }], systemLog }), systemLog)
})
