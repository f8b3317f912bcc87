import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { MintOptions } from 'local-okta'
import { start as startLocalOkta } from '../../local-okta/start.js'
import { emptyDirectory, run, runHere, watchedDirectories, WRITES_NOTHING } from './run.js'

interface Decoded {
  readonly code: number | null
  readonly facts: { readonly accepted?: boolean | null, readonly findings: ReadonlyArray<{ readonly reason: string, readonly message: string }> }
}

/** Ends the process at the first attempt to reach anything. */
const WITHOUT_NETWORK = ['--import', `data:text/javascript,${encodeURIComponent(`
import net from 'node:net'
import dns from 'node:dns'
import dgram from 'node:dgram'
const refuse = () => { process.exit(99) }
net.Socket.prototype.connect = net.Server.prototype.listen = dns.lookup = dns.promises.lookup = dgram.createSocket = refuse
`)}`]

// Each command is a process, and on a busy machine each takes its time.
t.setTimeout(120_000)

const localOkta = await startLocalOkta(t)
const env = { OKTA_OAUTH2_ISSUER: localOkta.issuer }

t.test('a good token is explained claim by claim', async t => {
  const { code, stdout, stderr } = await run(t, ['decode'], { env, input: await localOkta.mintAccessToken() })

  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(stdout, /^Nothing is wrong with it for api:\/\/default of http:\S+, but its signature is not verified\.\nAnybody could have written this token\. --verify verifies it with the issuer's keys, --jwks FILE with those in a file\.\n\nThis is an access token\.\n\nHeader\n/, 'the verdict comes first')
  t.match(stdout, /\n {2}alg {2}RS256\n {7}how it is signed\n/)
  t.match(stdout, / {2}exp +\d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC, in (?:59|60) minutes\n +when it expires\n/)
  t.match(stdout, / {2}sub +ada@example\.com\n +the login of the user \(uid is the id\)\n/)
  t.match(stdout, / {2}scp +openid, profile, email\n +what the client may ask for\n/)
  t.notOk(stdout.includes('\u001b'), 'no colour in a pipe')
})

t.test('every reason to reject a token is named, and is exit code 1', async t => {
  const wrong: Record<string, [MintOptions, string, RegExp]> = {
    'an expired one': [{ expiresInSeconds: -7200 }, 'expired', /^It expired 2 hours ago\.$/],
    'one for another audience': [{ claims: { aud: 'api://other' } }, 'audience', /^It is meant for "api:\/\/other", not for api:\/\/default\.$/],
    'one for others': [{ claims: { aud: ['api://a', 'api://b'] } }, 'audience', /"api:\/\/a", "api:\/\/b"/],
    'one of another issuer': [{ claims: { iss: 'https://evil.example/oauth2/default' } }, 'issuer', /issued by "https:\/\/evil\.example/],
    'one that lives too long': [{ expiresInSeconds: 90_000 }, 'lifetime', /lives for 25 hours; more than 1 day is not accepted/],
    'one that is not valid yet': [{ claims: { nbf: Math.floor(Date.now() / 1000) + 600 } }, 'not_yet_valid', /becomes valid in (?:9|10) minutes/],
    'one from the future': [{ claims: { iat: Math.floor(Date.now() / 1000) + 600 } }, 'not_yet_valid', /one of the two clocks is wrong/],
    'one that lacks claims': [{ claims: { cid: undefined, jti: undefined } }, 'claims', /^It has no jti, cid,/],
    'one of another version': [{ claims: { ver: 2 } }, 'claims', /^It is refused: claims\.$/],
    'one that says it is something else': [{ header: { typ: 'dpop+jwt' } }, 'type', /Its typ is "dpop\+jwt"/],
    'one that names no key': [{ header: { kid: undefined } }, 'unknown_key', /Its kid is missing/],
    'one with a critical extension': [{ header: { crit: ['x'] } }, 'malformed', /changes what it means/],
    'one that reports events': [{ claims: { events: {} } }, 'type', /it is not an access token/],
    'one that is bound in an unknown way': [{ claims: { cnf: { 'x5t#S256': 'x' } } }, 'confirmation', /^It is refused: confirmation\.$/]
  }
  for (const [title, [options, reason, message]] of Object.entries(wrong)) {
    const { code, facts } = await decode(await localOkta.mintAccessToken(options))
    t.equal(code, 1, title)
    t.match(facts, { accepted: false, kind: String, findings: [{ reason, message }] }, title)
  }
})

t.test('times that no clock shows are reasons like others', async t => {
  const [header = '', payload = ''] = (await localOkta.mintAccessToken()).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const withText = (name: string, text: string): string =>
    `${header}.${Buffer.from(JSON.stringify({ ...claims, [name]: '?' }).replace('"?"', text)).toString('base64url')}.${'A'.repeat(342)}`
  for (const [name, text, finding] of [
    ['nbf', '1e400', { reason: 'claims' }],
    ['iat', '1e400', { reason: 'claims' }],
    ['exp', '1e400', { reason: 'claims' }],
    ['exp', '-1e400', { reason: 'claims' }],
    ['exp', '-1', { reason: 'claims' }],
    ['nbf', '1e300', { reason: 'not_yet_valid', message: 'It becomes valid in the far future.' }],
    ['exp', '1e300', { reason: 'lifetime' }]
  ] as const) {
    t.match(await decode(withText(name, text)), { code: 1, facts: { findings: [finding] } }, `${name} ${text}`)
  }
  t.match((await runHere(['decode', withText('exp', '1e400')], env)).stdout, / {2}exp +Infinity\n +when it expires\n/)
})

t.test('a header parameter that is called as a member of every object is a parameter like others', async t => {
  const token = await localOkta.mintAccessToken({ header: { constructor: 'a', toString: 'b' } })
  t.match((await runHere(['decode', token], env)).stdout, / {2}constructor +a\n +a parameter that is not checked\n +toString +b\n +a parameter that is not checked\n/)
})

t.test('an ID token and a token of the org are distinguished from an access token', async t => {
  const id = await decode(await localOkta.mintIdToken())
  t.match(id, { code: 1, facts: { kind: 'id', findings: [{ reason: 'id_token', message: 'It is an ID token: send the access token that came with it.' }] } })
  t.equal(id.facts.findings.length, 1, 'that its audience is the client is not a second finding')
  const org = await decode(await localOkta.mintOrgAccessToken())
  t.match(org, { code: 1, facts: { kind: 'org', findings: [{ reason: 'org_access_token', message: new RegExp(`request one from ${localOkta.issuer}`) }] } })
  t.equal(org.facts.findings.length, 1)
})

t.test('another algorithm, and none, are refused', async t => {
  const [, claims = ''] = (await localOkta.mintAccessToken()).split('.')
  for (const [alg, message] of [['HS256', /Its alg is "HS256"\. Only RS256/], ['none', /it is not signed at all/]] as const) {
    const header = Buffer.from(JSON.stringify({ alg, kid: 'a' })).toString('base64url')
    t.match(await decode(`${header}.${claims}.${'A'.repeat(342)}`), { code: 1, facts: { findings: [{ reason: 'algorithm', message }] } })
  }
})

t.test('a string that is not a token is described by its shape', async t => {
  const garbage: Array<[string, string, RegExp]> = [
    ['', 'malformed', /There is no token/],
    ['00abc', 'malformed', /^This is not a JWT \(it has 1 part, not 3\)\. It may be a refresh token or an API token\.$/],
    ['a.b.c', 'malformed', /not the base64url of a JSON header/],
    ['a.b.c.d.e', 'malformed', /it is encrypted/],
    ['a'.repeat(20_000), 'too_large', /It has 20000 characters; a token of more than 16384/]
  ]
  for (const [token, reason, message] of garbage) {
    t.match(await decode(token), { code: 1, facts: { kind: null, header: null, claims: null, findings: [{ reason, message }] } })
  }
})

t.test('a whole header and a token response will do', async t => {
  const token = await localOkta.mintAccessToken()
  for (const input of [`Authorization: Bearer ${token}\n`, `bearer ${token}`, `"${token}"`, JSON.stringify({ access_token: token })]) {
    t.match(await decode(input), { code: 0, facts: { accepted: null, signature: 'not verified' } })
  }
})

t.test('a token that is an argument is warned of', async t => {
  const token = await localOkta.mintAccessToken()
  t.match(await run(t, ['decode', token], { env }), { code: 0, stderr: /^The token is an argument: it stays in the history/ })
  t.match(await run(t, ['decode', '-'], { env, input: token }), { code: 0, stderr: '' })
})

t.test('the configuration is that of the service, and options override it', async t => {
  const token = await localOkta.mintAccessToken()
  t.match(await decodeWith({ OKTA_OAUTH2_AUDIENCE: 'api://other' }, token), { code: 1, facts: { findings: [{ reason: 'audience' }] } })
  t.match(await decodeWith({ OKTA_OAUTH2_AUDIENCE: 'api://other' }, token, ['--audience', 'api://default']), { code: 0 })
  t.match(await decodeWith({}, token, ['--issuer', 'https://dev-1.okta.com/oauth2/default']), { code: 1, facts: { findings: [{ reason: 'issuer' }] } })
  t.match(await decodeWith({ OKTA_OAUTH2_ISSUER: '' }, token), { code: 1, facts: { issuer: 'http://127.0.0.1:4000/oauth2/default' } }, 'the local Okta')
  t.match(await run(t, ['decode'], { env: { OKTA_OAUTH2_ISSUER: 'nonsense' }, input: token }), { code: 1, stdout: '', stderr: /OKTA_OAUTH2_ISSUER must be an https URL: it has no scheme/ })
  t.match(await runHere(['decode', token, '--issuer', 'x', '--audience', 'y']), { code: 2, stderr: /--issuer must be an https URL: it has no scheme/ })
})

t.test('a token that is bound to a key is good with a proof, unless DPoP is off', async t => {
  const bound = await localOkta.mintAccessToken({ claims: { cnf: { jkt: 'A'.repeat(43) } } })
  t.match(await run(t, ['decode'], { env, input: bound }), { code: 0, stdout: /It is bound to a DPoP key: it is accepted with a proof of that key \(RFC 9449\), and refused as a Bearer token/ })
  t.match(await decodeWith({ OKTA_DPOP: 'off' }, bound), { code: 1, facts: { findings: [{ reason: 'confirmation', message: /DPoP is off here/ }] } })
  t.match(await decodeWith({ OKTA_DPOP: 'required' }, await localOkta.mintAccessToken()), { code: 1, facts: { findings: [{ reason: 'confirmation' }] } })
})

t.test('the signature is verified with the keys of a file', async t => {
  const directory = await emptyDirectory(t)
  const jwks = join(directory, 'keys.json')
  await writeFile(jwks, await (await fetch(`${localOkta.issuer}/v1/keys`)).text())
  const good = await localOkta.mintAccessToken()
  const [header, claims] = good.split('.')
  const [, , foreign] = (await localOkta.mintAccessToken({ user: 'grace@example.com' })).split('.')

  t.match(await decode(good, ['--jwks', jwks]), { code: 0, facts: { accepted: true, signature: 'good' } })
  t.match((await runHere(['decode', good, '--issuer', localOkta.issuer, '--audience', localOkta.audience, '--jwks', jwks])).stdout, /^Accepted for api:\/\/default of http:\S+\. The signature is good\.\n/)
  t.match(await decode(`${header}.${claims}.${foreign}`, ['--jwks', jwks]), { code: 1, facts: { signature: 'bad', findings: [{ reason: 'signature' }] } })
  t.match(await decode(await localOkta.mintAccessToken({ header: { kid: 'other' } }), ['--jwks', jwks]), { code: 1, facts: { findings: [{ reason: 'unknown_key' }] } })
  t.match(await runHere(['decode', good, '--issuer', localOkta.issuer, '--audience', localOkta.audience, '--jwks', join(directory, 'none.json')]), { code: 1, stderr: /is not a JWK Set that can be read/ })
})

t.test('--verify verifies the signature with the keys of the expected issuer', async t => {
  const good = await localOkta.mintAccessToken()
  const [header, claims] = good.split('.')
  const [, , foreign] = (await localOkta.mintAccessToken({ user: 'grace@example.com' })).split('.')

  t.match(await decode(good, ['--verify']), { code: 0, facts: { accepted: true, signature: 'good' } })
  t.match(await decode(`${header}.${claims}.${foreign}`, ['--verify']), { code: 1, facts: { signature: 'bad', findings: [{ reason: 'signature' }] } })
  t.match(await decode(await localOkta.mintAccessToken({ header: { kid: 'other' } }), ['--verify']), { code: 1, facts: { findings: [{ reason: 'unknown_key', message: /not that of a key of http:/ }] } })
  t.match(await decode(good.slice(0, -6), ['--verify']), { code: 1, facts: { accepted: false, findings: [{ message: /and one of its key has 256: the token was cut off/ }] } })
  t.match(await runHere(['decode', good, '--issuer', 'http://127.0.0.1:2/oauth2/default', '--verify']), { code: 1, stdout: '', stderr: /the keys of http:\/\/127\.0\.0\.1:2\/oauth2\/default could not be reached \(ECONNREFUSED\)/ })
  t.match(await runHere(['decode', good, '--verify', '--jwks', 'x']), { code: 2, stderr: /exclude each other/ })
})

t.test('a token that was cut off, or to which something was appended, is rejected', async t => {
  const directory = await emptyDirectory(t)
  const jwks = join(directory, 'keys.json')
  await writeFile(jwks, await (await fetch(`${localOkta.issuer}/v1/keys`)).text())
  const token = await localOkta.mintAccessToken()
  const signature = token.slice(token.lastIndexOf('.') + 1)
  const wrapped = (token.match(/.{1,76}/g) ?? []).join('\n')
  t.match(await decode(wrapped), { code: 1, facts: { accepted: false, findings: [{ reason: 'malformed', message: /line breaks/ }] } }, 'copied from a narrow window')

  for (let missing = 1; missing <= signature.length; missing++) {
    const { code, facts } = await decode(token.slice(0, -missing))
    t.match({ code, facts }, { code: 1, facts: { accepted: false, findings: [{ reason: /^(?:signature|malformed)$/, message: /cut off/ }] } }, `${missing} characters are missing`)
  }
  for (const length of [token.length - signature.length - 1, token.length - signature.length - 20, 40, 12]) {
    t.match(await decode(token.slice(0, length)), { code: 1, facts: { accepted: false, findings: [{ message: /cut off/ }] } }, `${length} characters are left`)
  }
  t.match(await decode(`${token.slice(0, -6)}`, ['--jwks', jwks]), { code: 1, facts: { signature: 'bad', findings: [{ message: /and one of its key has 256: the token was cut off/ }] } })
  t.match(await decode(`${token}${'A'.repeat(172)}`, ['--jwks', jwks]), { code: 1, facts: { findings: [{ message: /something was appended/ }] } })
  t.match(await decode(`${token}${'A'.repeat(400)}`), { code: 1, facts: { findings: [{ reason: 'signature', message: /something was appended/ }] } })
  t.match(await decode(token), { facts: { accepted: null, findings: [] } })
})

t.test('what a token says cannot control the terminal', async t => {
  const input = await localOkta.mintAccessToken({ claims: { sub: 'ada\u001b[2J\u009b31m\u202e', 'na\u001bme': 'x' } })
  const { stdout } = await run(t, ['decode'], { env, input })
  t.match(stdout, 'ada\\u001b[2J\\u009b31m\\u202e')
  t.match(stdout, 'na\\u001bme')
  t.notOk(['\u001b', '\u009b', '\u202e'].some(control => stdout.includes(control)))
})

t.test('nothing leaves the machine, and nothing is written', async t => {
  const input = await localOkta.mintAccessToken({ header: { jku: `${localOkta.orgUrl}/keys` } })
  t.match(await run(t, ['decode'], { env, input, nodeArgs: WITHOUT_NETWORK }), { code: 0 })
  t.match(await run(t, ['token', '--password', '--user', 'ada@example.com'], { env, nodeArgs: WITHOUT_NETWORK }), { code: 99 }, 'which would be noticed')

  const { options, list } = await watchedDirectories(t)
  t.match(await run(t, ['decode'], { ...options, env: { ...options.env, ...env }, input }), { code: 0 })
  t.same(await list(), [])
  t.match(await run(t, ['decode'], { ...WRITES_NOTHING, env, input }), { code: 0 })
})

/** With these settings. */
async function decodeWith (settings: Record<string, string>, token: string, args: string[] = []): Promise<Decoded> {
  const { code, stdout } = await runHere(['decode', token, '--json', ...args], { ...env, ...settings })
  return { code, facts: JSON.parse(stdout) as Decoded['facts'] }
}

/** Without settings. */
async function decode (token: string, args: string[] = []): Promise<Decoded> {
  const { code, stdout } = await runHere(['decode', token, '--json', '--issuer', localOkta.issuer, '--audience', localOkta.audience, ...args])
  return { code, facts: JSON.parse(stdout) as Decoded['facts'] }
}
