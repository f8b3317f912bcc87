import { decodeJwt } from 'jose'
import t from 'tap'
import { LOCAL_OKTA } from '#fastify-okta/cli/token/local-okta.js'
import { defaultSeed } from 'local-okta'
import { shareOrg } from '../../kit/org.js'
import { run, runHere, watchedDirectories, WRITES_NOTHING } from './run.js'

// Each command is a process, and on a busy machine each takes its time.
t.setTimeout(120_000)

const ADA = ['--password', '--user', 'ada@example.com']

t.test('by password, from the local Okta only', async t => {
  const { issuer } = await shareOrg()
  const { code, stdout, stderr } = await run(t, ['token', ...ADA, '--issuer', issuer])
  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(decodeJwt(stdout.trim()), { sub: 'ada@example.com' })

  t.match(await run(t, ['token', ...ADA, '--issuer', issuer], { env: { OKTA_USER_PASSWORD: 'wrong' } }),
    { code: 1, stdout: '', stderr: /refused: invalid_grant: The credentials provided were invalid\.\n$/ })
  t.match(await runHere(['token', ...ADA, '--issuer', 'https://dev-1.okta.com/oauth2/default']),
    { code: 2, stdout: '', stderr: /--password is for an issuer on the loopback/ })
  t.match(await runHere(['token', '--password', '--issuer', issuer]), { code: 2, stderr: /--password needs --user/ })
})

t.test('the password of somebody who is not in the seed is read from the standard input', async t => {
  const localOkta = await shareOrg()
  const profile = { login: 'joan@example.com', email: 'joan@example.com', firstName: 'Joan', lastName: 'Clarke' }
  localOkta.users.create({ profile, password: 'enigma-1' })
  const args = ['token', '--password', '--user', 'joan@example.com', '--issuer', localOkta.issuer]
  t.match(await run(t, args, { input: 'enigma-1\n' }), { code: 0, stdout: /^ey/ })
  t.match(await run(t, args), { code: 1, stderr: /a secret is required: in OKTA_USER_PASSWORD, or on the standard input/ })
})

t.test('by client credentials, with the secret from the environment or the standard input', async t => {
  const { issuer, clients: { service } } = await shareOrg()
  const args = ['token', '--client-credentials', '--issuer', issuer, '--json']
  const response = JSON.parse((await run(t, args)).stdout) as { access_token: string, scope: string }
  t.match(response, { scope: 'greet', expires_in: 3600 })
  t.match(decodeJwt(response.access_token), { sub: service.clientId, cid: service.clientId })

  const refused = await run(t, args, { env: { OKTA_CLIENT_SECRET: 'wrong' } })
  t.equal(refused.code, 1)
  t.match(JSON.parse(refused.stderr), { error: 'invalid_client' })
  t.match(await run(t, [...args, '--client-id', '0oaunknown'], { input: 'piped' }), { code: 1, stderr: /invalid_client/ }, 'asked for a secret that is not known')
})

t.test('--curl prints a whole line, quoted for a shell', async t => {
  const { issuer } = await shareOrg()
  const args = ['token', ...ADA, '--issuer', issuer, '--curl']
  t.match(await runHere([...args, "http://127.0.0.1:3000/greet?a=$(id)&b='"]),
    { code: 0, stdout: /^curl -i -H 'Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+' 'http:\/\/127\.0\.0\.1:3000\/greet\?a=\$\(id\)&b=%27'\n$/ })
  t.match(await runHere([...args, 'greet']), { code: 2, stderr: /--curl must be an http or https URL/ })
})

t.test('a token is written nowhere: no file, and no argument of another program', async t => {
  const { issuer } = await shareOrg()
  const { options, list } = await watchedDirectories(t)
  t.match(await run(t, ['token', ...ADA, '--issuer', issuer], options), { code: 0, stdout: /^ey/ })
  t.same(await list(), [])
  t.match(await run(t, ['token', ...ADA, '--issuer', issuer], WRITES_NOTHING), { code: 0, stdout: /^ey/ },
    'it goes as well where no file can be written and no program started')
})

t.test('an issuer that cannot be asked is named, with what to do', async t => {
  t.match(await runHere(['token', ...ADA, '--issuer', 'http://127.0.0.1:1/oauth2/default']),
    { code: 1, stderr: /^fastify-okta: http:\/\/127\.0\.0\.1:1 cannot be reached \(is the local Okta running\? .*\)\n$/ })
  t.match(await runHere(['token', '--issuer', 'http://okta.example/oauth2/default']), { code: 2, stderr: /--issuer must be an https URL: plain http/ })
  t.match(await runHere(['token', '--issuer', 'https://okta.example/oauth2/default']), { code: 2, stderr: /--client-id is required \(or OKTA_OAUTH2_CLIENTID\)/ })
  t.match(await run(t, ['token'], { env: { OKTA_CLIENT_TOKEN: 'x' } }), { code: 1, stderr: /OKTA_OAUTH2_ISSUER is required/ })
  t.match(await run(t, ['token'], { env: { OKTA_OAUTH2_ISSUER: 'https://dev-1.okta.com' } }), { code: 1, stderr: /^fastify-okta: OKTA_OAUTH2_ISSUER is the org server: add \/oauth2\/default\n$/ })
})

t.test('something else at the address of the issuer is recognized', async t => {
  const { orgUrl } = await shareOrg()
  t.match(await runHere(['token', ...ADA, '--issuer', `${orgUrl}/oauth2/other`]), { code: 1, stderr: /is not that of the authorization server/ })
})

t.test('options that do not go together are refused', async t => {
  t.match(await runHere(['token', '--password', '--client-credentials']), { code: 2, stderr: /choose one/ })
  t.match(await runHere(['token', '--user', 'a', '--client-credentials']), { code: 2, stderr: /is for no user/ })
  t.match(await runHere(['token', '--timeout', 'soon']), { code: 2, stderr: /--timeout must be a whole number/ })
})

t.test('an issuer that breaks a rule is refused by that rule', async t => {
  const issues: Record<string, string> = {
    '': 'is empty',
    'dev-1.okta.com/oauth2/default': 'it has no scheme, so put https:// in front',
    'ftp://dev-1.okta.com/oauth2/default': 'must be an https URL',
    '"https://dev-1.okta.com/oauth2/default"': 'is in quotes: leave them off',
    'https://a.okta.com/oauth2/default,https://b.okta.com/oauth2/default': 'names more than one address',
    'http://dev-1.okta.com/oauth2/default': 'plain http is accepted on the loopback only',
    'https://dev-1.okta.com/oauth2/default/': 'ends with a slash',
    'http://127.0.0.1:4000': 'is the org server: add /oauth2/default'
  }
  for (const [issuer, issue] of Object.entries(issues)) {
    const { code, stderr } = await runHere(['token', `--issuer=${issuer}`])
    t.equal(code, 2, issuer)
    t.ok(stderr.includes(issue), `${issuer}: ${stderr}`)
  }
})

t.test('the defaults at a local Okta are those of its seed', async t => {
  const { applications, scopes, users } = defaultSeed
  const find = (id: string) => applications.find(({ clientId }) => clientId === id)

  t.equal(find(LOCAL_OKTA.nativeClientId)?.applicationType, 'native')
  t.equal(find(LOCAL_OKTA.serviceClientId)?.clientSecret, LOCAL_OKTA.serviceClientSecret)
  t.ok(scopes.includes(LOCAL_OKTA.serviceScope))
  t.same(users.map(({ profile, password }) => [profile.login, password]), LOCAL_OKTA.logins.map(login => [login, LOCAL_OKTA.password]))
})
