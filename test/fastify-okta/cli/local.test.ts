import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { emptyDirectory, run, runHere, start } from './run.js'

t.test('it prints what one needs to use it, answers, and stops on Ctrl+C', async t => {
  const command = start(t, ['local', '--port', '0'])
  await command.printed('stdout', /Ctrl\+C stops it\./)
  const issuer = await command.printed('stdout', /http:\/\/127\.0\.0\.1:\d+\/oauth2\/default/)
  t.equal((await fetch(`${issuer}/v1/keys`)).status, 200)
  t.match(await run(t, ['token', '--issuer', issuer, '--password', '--user', 'grace@example.com']), { code: 0, stdout: /^ey/ })

  command.interrupt()
  const { code, stdout, stderr } = await command.ended
  t.equal(code, 0)
  t.equal(stderr, '')
  for (const text of ['issuer     http', 'audience   api://default', 'API token  00', 'ada@example.com    local-okta-1  in "Fastify Okta"', '0oalocalnative000001  native']) {
    t.ok(stdout.includes(text), text)
  }
})

t.test('--json is one line when it is ready, and --seed says what it starts with', async t => {
  const seed = join(await emptyDirectory(t), 'people.json5')
  await writeFile(seed, `{
    // JSON5 has comments
    users: [{ profile: { login: 'joan@example.com', email: 'joan@example.com', firstName: 'Joan', lastName: 'Clarke' }, password: 'enigma-1', groups: ['Hut 8'] }],
    groups: [{ name: 'Hut 8' }]
  }`)
  const command = start(t, ['local', '--port', '0', '--seed', seed, '--json'])
  const facts = JSON.parse(await command.printed('stdout', /.*\n/)) as { issuer: string, apiToken: string, orgUrl: string }
  t.match(facts, {
    issuer: /\/oauth2\/default$/,
    audience: 'api://default',
    people: [{ login: 'joan@example.com', password: 'enigma-1', groups: ['Hut 8'] }],
    clients: { native: { clientId: '0oalocalnative000001' } }
  })
  const users = await (await fetch(`${facts.orgUrl}/api/v1/users`, { headers: { authorization: `SSWS ${facts.apiToken}` } })).json() as Array<{ profile: { login: string } }>
  t.same(users.map(({ profile }) => profile.login), ['joan@example.com'])
  command.interrupt()
  t.match(await command.ended, { code: 0, stderr: '' })
})

t.test('a seed that is none is refused, by what is wrong with it', async t => {
  const seed = join(await emptyDirectory(t), 'seed.json')
  const wrong: Array<[string, RegExp]> = [
    ['{', /JSON5: invalid end of input/],
    ['[]', /must be an object/],
    ['{"people":[]}', /people is no part of a seed, which has users, groups/],
    ['{"users":[{"profile":{}}]}', /users must be a list of/],
    ['{"groups":["a"]}', /groups must be a list of/],
    ['{"applications":[{}]}', /applications must be a list of/],
    ['{"scopes":"greet"}', /scopes must be a list of scopes/],
    ['{"groupsClaim":{}}', /groupsClaim must be/],
    ['{"groups":[]}', /the seed names a group it does not define/]
  ]
  for (const [text, said] of wrong) {
    await writeFile(seed, text)
    t.match(await runHere(['local', '--port', '0', '--seed', seed]), { code: 1, stdout: '', stderr: said }, text)
  }
  t.match(await runHere(['local', '--seed', '/nonexistent']), { code: 1, stderr: /there is no such file/ })
})

t.test('it does not start in production, nor on a port that is taken', async t => {
  t.match(await run(t, ['local', '--port', '0'], { env: { NODE_ENV: 'production' } }), { code: 1, stdout: '', stderr: /does not start with NODE_ENV=production\n$/ })

  const other = createServer()
  await new Promise<void>(resolve => { other.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { other.close() })
  const { port } = other.address() as AddressInfo
  t.match(await run(t, ['local'], { env: { LOCAL_OKTA_PORT: String(port) } }), { code: 1, stderr: new RegExp(`^fastify-okta: port ${port} of 127\\.0\\.0\\.1 is taken`) })
  t.match(await runHere(['local', '--port', 'high']), { code: 2, stderr: /--port must be a port from 0 to 65535/ })
})
