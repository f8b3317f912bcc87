import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { runCommand } from '#local-okta/cli/command.js'
import { defaultSeed, SEED_APPLICATION_MEMBERS, SEED_GROUP_MEMBERS, SEED_MEMBERS, SEED_USER_MEMBERS } from 'local-okta'
import { emptyDirectory, LOCAL_OKTA, start, run, type Running } from '../fastify-okta/cli/run.js'

// Each command is a process, and on a busy machine each takes its time.
t.setTimeout(120_000)

const startLocalOkta = (t: Test, args: string[], env: Record<string, string> = {}): Running => start(t, args, { main: LOCAL_OKTA, env })

/** Runs the command in this process, for calls that start no org. */
async function runHere (args: readonly string[], environment: Record<string, string> = {}) {
  const written = { stdout: '', stderr: '' }
  const streamTo = (name: keyof typeof written) => ({ write: (text: string) => { written[name] += text } })
  const code = await runCommand(args, { environment, stdout: streamTo('stdout'), stderr: streamTo('stderr') })
  return { code, ...written }
}

/** Runs lines in one shell, as if they had been pasted, and returns its output. */
async function paste (lines: readonly string[]): Promise<string> {
  return (await promisify(execFile)('/bin/sh', ['-c', lines.join('\n')])).stdout
}

t.test('every printed line works as pasted, and Ctrl+C stops the org', async t => {
  const command = startLocalOkta(t, ['--port', '0'])
  const printed = await command.printed('stdout', /[^]+Ctrl\+C stops it\./)
  const lines = printed.split('\n').filter(line => /^(?:export|curl) /.test(line))
  const exported = lines.filter(line => line.startsWith('export'))

  t.same(exported.map(line => line.slice(7).split('=', 1)[0]), ['OKTA_OAUTH2_ISSUER', 'OKTA_OAUTH2_AUDIENCE', 'OKTA_OAUTH2_CLIENTID', 'OKTA_CLIENT_TOKEN', 'ACCESS_TOKEN'])
  t.match(printed, /^# .+: 200\ncurl/m)
  for (const line of lines.filter(line => line.startsWith('curl'))) t.match(await paste([...exported, line]), /^HTTP\/1\.1 200/, line)
  t.match(await paste([...exported, 'echo "$ACCESS_TOKEN"']), /^ey[\w-]+\.[\w-]+\.[\w-]+\n$/)
  for (const text of ['ada@example.com    local-okta-1  in "Fastify Okta"', '0oalocalnative000001  native']) t.ok(printed.includes(text), text)

  command.interrupt()
  t.match(await command.ended, { code: 0, stderr: '' })
})

t.test('--json is one line when it is ready, and --seed says what it starts with', async t => {
  const seed = join(await emptyDirectory(t), 'people.json5')
  await writeFile(seed, `{
    // JSON5 has comments
    users: [{ profile: { login: 'joan@example.com', email: 'joan@example.com', firstName: 'Joan', lastName: 'Clarke' }, password: "it's an enigma & more", groups: ['Hut 8'] }],
    groups: [{ name: 'Hut 8' }]
  }`)
  const command = startLocalOkta(t, ['--port', '0', '--seed', seed, '--json'])
  const facts = JSON.parse(await command.printed('stdout', /.*\n/)) as { issuer: string, apiToken: string, orgUrl: string }
  t.match(facts, {
    issuer: /\/oauth2\/default$/,
    audience: 'api://default',
    people: [{ login: 'joan@example.com', password: "it's an enigma & more", groups: ['Hut 8'] }],
    clients: { native: { clientId: '0oalocalnative000001' } }
  })
  const users = await (await fetch(`${facts.orgUrl}/api/v1/users`, { headers: { authorization: `SSWS ${facts.apiToken}` } })).json() as Array<{ profile: { login: string } }>
  t.same(users.map(({ profile }) => profile.login), ['joan@example.com'])
  command.interrupt()
  t.match(await command.ended, { code: 0, stderr: '' })

  const inWords = startLocalOkta(t, ['--port', '0', '--seed', seed])
  const lines = (await inWords.printed('stdout', /[^]+Ctrl\+C stops it\./)).split('\n').filter(line => line.startsWith('export'))
  t.match(await paste([...lines, 'echo "$ACCESS_TOKEN"']), /^ey/, 'a password with quotes is pasted as it is')
})

t.test('--print-seed prints a seed that --seed accepts, and starts nothing', async t => {
  const { code, stdout, stderr } = await runHere(['--print-seed'])
  t.equal(code, 0)
  t.equal(stderr, '')
  t.same(JSON.parse(stdout), defaultSeed)

  const file = join(await emptyDirectory(t), 'seed.json')
  await writeFile(file, stdout)
  t.equal((await runHere(['--seed', file, '--print-seed'])).stdout, stdout)
  await writeFile(file, '{ scopes: ["orders:read"] }')
  t.same(JSON.parse((await runHere(['--seed', file, '--print-seed', '--json'])).stdout), { ...defaultSeed, scopes: ['orders:read'] })
  const applications = defaultSeed.applications.map(application => ({ ...application, universalLogout: { url: 'http://127.0.0.1:3000/okta/universal-logout', format: 'email' } }))
  await writeFile(file, JSON.stringify({ applications }))
  t.same(JSON.parse((await runHere(['--seed', file, '--print-seed'])).stdout), { ...defaultSeed, applications })
})

t.test('the help names every member of a seed', async t => {
  const { code, stdout } = await runHere(['--help'])
  const names = [SEED_MEMBERS, SEED_USER_MEMBERS, SEED_GROUP_MEMBERS, SEED_APPLICATION_MEMBERS].flatMap(members => Object.keys(members))

  t.equal(code, 0)
  t.match(stdout, /^Usage: local-okta \[options\]\n/)
  for (const name of names) t.match(stdout, new RegExp(`\\b${name}\\b`), name)
  t.ok(stdout.split('\n').every(line => line.length <= 125))
  t.equal((await runHere(['-h'])).stdout, stdout)
})

t.test('a seed file that is wrong is refused, with the member and its rule', async t => {
  const seed = join(await emptyDirectory(t), 'seed.json')
  const profile = '{"login":"a","email":"a","firstName":"a","lastName":"a"}'
  const wrong: Array<[string, RegExp]> = [
    ['{', /is neither JSON nor JSON5: line 1, column 2\n$/],
    ['[]', /must be an object\n$/],
    ['{"people":[]}', /people is not a member: there are users, groups/],
    ['{"users":{}}', /users must be an array\n$/],
    ['{"users":[{"profile":{},"password":"x"}]}', /users\[0\]\.profile\.login must be a non-empty string/],
    [`{"users":[{"profile":${profile},"password":"x","status":"active"}]}`, /users\[0\]\.status must be one of STAGED/],
    [`{"users":[{"profile":${profile},"password":"x","group":["a"]}]}`, /users\[0\]\.group is not a member/],
    ['{"groups":["a"]}', /groups\[0\] must be an object/],
    ['{"applications":[{}]}', /applications\[0\]\.clientId must be a non-empty string/],
    ['{"scopes":"greet"}', /scopes must be an array/],
    ['{"groupsClaim":{}}', /groupsClaim must be null, or an object/],
    ['{"groups":[]}', /users\[0\]\.groups names Fastify Okta, which is not in seed\.groups/]
  ]
  for (const [text, said] of wrong) {
    await writeFile(seed, text)
    const { code, stdout, stderr } = await runHere(['--port', '0', '--seed', seed])
    t.match({ code, stdout, stderr }, { code: 1, stdout: '', stderr: said }, text)
    t.match(stderr, /^local-okta: [^\n]+\n$/, 'one line')
  }
  t.match(await runHere(['--print-seed', '--seed', seed]), { code: 1, stdout: '' }, 'nor is it printed')
  t.match(await runHere(['--seed', '/nonexistent']), { code: 1, stderr: /there is no such file/ })
})

t.test('it does not start in production, nor on a port that is in use', async t => {
  t.match(await run(t, ['--port', '0'], { main: LOCAL_OKTA, env: { NODE_ENV: 'production' } }), { code: 1, stdout: '', stderr: /^local-okta: .*does not start with NODE_ENV=production\n$/ })

  const other = createServer()
  await new Promise<void>(resolve => { other.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { other.close() })
  const port = String((other.address() as AddressInfo).port)
  t.match(await runHere([], { LOCAL_OKTA_PORT: port }), { code: 1, stderr: new RegExp(`^local-okta: port ${port} of 127\\.0\\.0\\.1 is in use`) })
  t.match(JSON.parse((await runHere(['--json'], { LOCAL_OKTA_PORT: port })).stderr), { error: 'port', message: /in use/ })
})

t.test('LOCAL_OKTA_API_TOKEN is the API token of the org', async t => {
  const apiToken = 'a-token-for-development'
  const command = startLocalOkta(t, ['--port', '0', '--json'], { LOCAL_OKTA_API_TOKEN: apiToken })
  const facts = JSON.parse(await command.printed('stdout', /.*\n/)) as { apiToken: string, orgUrl: string }
  t.equal(facts.apiToken, apiToken)
  t.equal((await fetch(`${facts.orgUrl}/api/v1/users`, { headers: { authorization: `SSWS ${apiToken}` } })).status, 200)
  command.interrupt()
  t.match(await command.ended, { code: 0 })
  for (const wrong of ['short', 'with spaces in the token', 'x'.repeat(201)]) {
    t.match(await runHere(['--port', '0'], { LOCAL_OKTA_API_TOKEN: wrong }), { code: 1, stdout: '', stderr: 'local-okta: LOCAL_OKTA_API_TOKEN must be 20 to 200 letters, digits, _ and -\n' })
  }
})

t.test('--host outside private networks is refused', async t => {
  t.match(await runHere(['--port', '0', '--host', '8.8.8.8']), { code: 1, stdout: '', stderr: /--host must be on the loopback or in a private network \(--allow-public allows others\), and 8\.8\.8\.8 is not/ })
  t.match(await runHere(['--port', '0'], { LOCAL_OKTA_HOST: '8.8.8.8' }), { code: 1, stderr: /LOCAL_OKTA_HOST must be .* 8\.8\.8\.8/ })
  t.match(await runHere(['--port', '0', '--host', '10.255.255.254']), { code: 1, stderr: /10\.255\.255\.254 is not an address of this machine/ })
})

t.test('wrong arguments are exit code 2', async t => {
  const wrong: Array<[string[], RegExp]> = [
    [['--port', 'high'], /--port must be a port from 0 to 65535/],
    [['--seed'], /argument missing/],
    [['--sed', 'x'], /Unknown option '--sed'/],
    [['start'], /Unexpected argument 'start'/]
  ]
  t.match(await runHere([], { LOCAL_OKTA_PORT: 'high' }), { code: 2, stderr: /LOCAL_OKTA_PORT must be a port/ })
  for (const [args, said] of wrong) {
    t.match(await runHere(args), { code: 2, stdout: '', stderr: said }, args.join(' '))
    t.match(JSON.parse((await runHere([...args, '--json'])).stderr), { error: 'usage', hint: 'local-okta --help' })
  }
})

t.test('without oidc-provider it says what to install', async t => {
  const hooks = "export const resolve = (name, context, next) => { if (name === 'oidc-provider') throw Object.assign(new Error('not here'), { code: 'ERR_MODULE_NOT_FOUND' }); return next(name, context) }"
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)})`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(register)}`]

  t.match(await run(t, ['--port', '0'], { main: LOCAL_OKTA, nodeArgs }),
    { code: 1, stdout: '', stderr: /^local-okta: the local Okta needs the package oidc-provider, which is not installed: npm install --save-dev oidc-provider\n$/ })
})
