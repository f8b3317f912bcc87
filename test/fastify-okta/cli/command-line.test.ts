import { readdir } from 'node:fs/promises'
import t from 'tap'
import { run, runHere } from './run.js'

t.test('the help lists every command with its summary', async t => {
  const { code, stdout, stderr } = await run(t, ['--help'])

  t.equal(code, 0)
  t.equal(stderr, '')
  t.match(stdout, /^Usage: fastify-okta COMMAND \[options\]\n\nCommands:\n/)
  for (const name of ['decode', 'doctor', 'help', 'setup', 'token']) t.match(stdout, new RegExp(`^ {2}${name} +[A-Z].*\\.$`, 'm'))
  t.same(await runHere(['help']), { code, stdout, stderr }, 'help says the same')
})

t.test('each file in commands/ is a command', async t => {
  const files = await readdir(new URL('../../../../src/fastify-okta/dist/cli/commands/', import.meta.url))
  const names = files.filter(file => file.endsWith('.js')).map(file => file.slice(0, -3)).sort()
  const { stdout } = await runHere(['help', '--json'])

  t.same((JSON.parse(stdout) as { commands: Array<{ name: string }> }).commands.map(({ name }) => name), names)
})

t.test('the help of a command has its usage, its options and the common ones, and fits', async t => {
  for (const [name, option] of [['token', '--client-credentials '], ['decode', '--jwks FILE '], ['setup', '--apply '], ['doctor', '--json ']]) {
    const { code, stdout } = await runHere([name as string, '--help'])
    t.equal(code, 0)
    t.match(stdout, new RegExp(`^Usage: fastify-okta ${name} \\[options\\]`))
    for (const each of [option, '--json ', '--debug ', '-h, --help ']) t.ok(stdout.includes(`  ${each}`), `${name} ${each}`)
    t.ok(stdout.split('\n').every(line => line.length <= 130))
    t.equal((await runHere(['help', name as string])).stdout, stdout, 'help COMMAND says the same')
  }
})

t.test('the help of token says where secrets come from', async t => {
  const { stdout } = await runHere(['token', '-h'])
  t.match(stdout, /OKTA_CLIENT_SECRET, or the\s+standard input/)
  t.match(stdout, /No secret is an option/)
})

t.test('the version is that of the package', async t => {
  t.match(await runHere(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\S*\n$/, stderr: '' })
  t.match(await runHere(['--version', '--json']), { code: 0, stdout: /^\{"version":"[^"]+"\}\n$/ })
})

t.test('a usage error is exit code 2, one line and a hint', async t => {
  const calls: Array<[string[], RegExp]> = [
    [['tokn'], /^fastify-okta: there is no command "tokn" \(did you mean "token"\?\)\n$/],
    [['frobnicate'], /^fastify-okta: there is no command "frobnicate" \(commands: decode, .*\)\n$/],
    [['help', 'decod'], /did you mean "decode"\?/],
    [['token', '--isuer', 'x'], /there is no option --isuer \(did you mean --issuer\?\)/],
    [['token', '--issuer'], /^fastify-okta: Option '--issuer <value>' argument missing\n$/],
    [['token', '--client-secret', 'x'], /there is no option --client-secret \(other users can read arguments with ps/],
    [['token', 'extra'], /token takes no argument beside its options/],
    [['decode', 'one', 'two'], /decode takes one argument/],
    [['--nonsense'], /there is no option --nonsense/]
  ]
  for (const [args, said] of calls) t.match(await runHere(args), { code: 2, stdout: '', stderr: said }, args.join(' '))
})

t.test('without a command the help is shown, as an error', async t => {
  t.match(await run(t, []), { code: 2, stdout: '', stderr: /^Usage: [^]*a command is required\n$/ })
})

t.test('with --json an error is one JSON object', async t => {
  const { code, stderr } = await runHere(['tokn', '--json'])
  t.equal(code, 2)
  t.same(JSON.parse(stderr), { error: 'usage', message: 'there is no command "tokn"', hint: 'did you mean "token"?' })
})

t.test('the stack of an error is shown with --debug only', async t => {
  t.notMatch((await runHere(['tokn'])).stderr, /at /)
  t.match((await runHere(['tokn', '--debug'])).stderr, /UsageError[^]* at /)
})
