import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { environmentOfPrograms } from '../kit/environment.js'
import { freePort } from '../kit/free-port.js'
import { runServer, SERVER } from './service.js'

const PRINTED = 'Ctrl+C stops both.'
const paste = async (line: string): Promise<string> => (await promisify(execFile)('/bin/sh', ['-c', line])).stdout

/** The command below a comment that begins like this, after the printed variables. */
function commandAfter (output: string, comment: string): string {
  const lines = output.split('\n')
  const command = lines[lines.findIndex(line => line.startsWith(`# ${comment}`)) + 1] as string
  return [...lines.filter(line => line.startsWith('export ')), command].join('\n')
}

t.test('without settings, the local Okta comes up and the lines that are printed can be pasted', async t => {
  const server = runServer(t, { PORT: '0', LOCAL_OKTA_PORT: '0', GREETING_TIME_ZONE: 'UTC' })
  const output = await server.printed(PRINTED)

  t.match(await paste(commandAfter(output, 'Ada is')), /^HTTP\/1\.1 200 OK\r\n[^]*"name":"Ada Lovelace"/)
  t.match(await paste(commandAfter(output, 'Grace is not')), /^HTTP\/1\.1 403 Forbidden/)
  t.match(await paste(commandAfter(output, 'Without a token')), /^HTTP\/1\.1 401 Unauthorized/)
  t.match(await paste(commandAfter(output, 'Ada\'s claims')), /^HTTP\/1\.1 200 OK\r\n[^]*"login":"ada@example\.com"/)
  t.match(await paste(commandAfter(output, 'Remove Ada')), /^HTTP\/1\.1 204 /)
  await server.printed('"effect":"evicted"')
  t.match(await paste(commandAfter(output, 'Ada is')), /^HTTP\/1\.1 403 Forbidden/, 'at once')
  t.match(await paste(commandAfter(output, 'Put Ada back')), /^HTTP\/1\.1 204 /)
  t.match(await paste(commandAfter(output, 'Move Ada')), /^HTTP\/1\.1 200 OK\r\n[^]*"timezone":"Asia\/Tokyo"/)
  t.match(await paste(commandAfter(output, 'Ada is')), /"timeZone":"Asia\/Tokyo"/)
  const commands = output.split('\n').filter(line => line.startsWith('curl '))
  t.ok(commands.every(line => line.length < 200), 'no command holds a token')
  const lastScreen = output.trimEnd().split('\n').slice(-24).join('\n')
  for (const text of ['/docs', 'ada@example.com', 'grace@example.com', 'local-okta-1', 'issuer']) t.match(lastScreen, text, `${text} is on the last screen`)
  t.notMatch(lastScreen, /^.{200}/m)
  t.match(output, /issuer {4}http:\/\/127\.0\.0\.1:\d+\/oauth2\/default\n/)

  server.process.kill('SIGTERM')
  t.equal(await server.exited, 0)
  t.equal(server.errors(), '')
})

t.test('the group of the settings exists in the local Okta, and Ada is in it', async t => {
  const server = runServer(t, { PORT: '0', LOCAL_OKTA_PORT: '0', GREETING_GROUP: 'Early birds', LOG_LEVEL: 'silent' })
  const output = await server.printed(PRINTED)

  t.match(output, 'ada@example.com (in the group "Early birds")')
  t.match(await paste(commandAfter(output, 'Ada is')), /^HTTP\/1\.1 200 OK/)
})

t.test('a port in use is one line that names the setting', async t => {
  const other = createServer()
  await new Promise<void>(resolve => { other.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { other.close() })
  const port = String((other.address() as { port: number }).port)

  for (const [name, settings] of Object.entries({ PORT: { PORT: port, LOCAL_OKTA_PORT: '0' }, LOCAL_OKTA_PORT: { PORT: '0', LOCAL_OKTA_PORT: port } })) {
    const server = runServer(t, settings)
    t.equal(await server.exited, 1)
    t.equal(server.errors(), `${name}: port ${port} of 127.0.0.1 is taken by another program: stop that, or give ${name} another port\n`)
  }
})

t.test('an address that is not this machine\'s is one line', async t => {
  const server = runServer(t, { PORT: '0', LOCAL_OKTA_PORT: '0', HOST: '192.0.2.1' })

  t.equal(await server.exited, 1)
  t.equal(server.errors(), 'HOST is not an address of this machine\n')
})

t.test('an uncaught error is logged, and the exit code is 1', async t => {
  const throwing = "import { Server } from 'node:net'; const { listen } = Server.prototype; Server.prototype.listen = function (...all) { this.once('listening', () => setTimeout(() => { throw new Error('on purpose') }, 100)); return listen.apply(this, all) }"
  const server = runServer(t, {
    OKTA_OAUTH2_ISSUER: 'http://127.0.0.1:9/oauth2/default',
    PORT: '0',
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,${encodeURIComponent(throwing)}`
  })

  t.equal(await server.exited, 1)
  t.match(server.output(), /"level":60,.*"message":"on purpose".*"msg":"stopping: an error was not caught"/)
  t.equal(server.errors(), '')
})

/** An issuer that does not answer: the service starts all the same. */
const UNREACHABLE = { OKTA_OAUTH2_ISSUER: 'http://127.0.0.1:9/oauth2/default' }

/** Runs the server with a full disk behind its standard output. */
function runWithFullDisk (t: Test, settings: Record<string, string>): { server: ChildProcess, errors: () => string } {
  const full = openSync('/dev/full', 'w')
  const server = spawn(process.execPath, [SERVER], { env: { ...environmentOfPrograms(), ...UNREACHABLE, ...settings }, stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  let errors = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => { errors += text })
  t.teardown(() => { server.kill('SIGKILL') })
  return { server, errors: () => errors }
}

const LOST = 'The log cannot be written (ENOSPC): the service goes on, and log lines are lost\n'

t.test('a full disk behind the standard output loses the log and nothing else', { skip: process.platform !== 'linux' }, async (t) => {
  const PORT = String(await freePort())
  const { server, errors } = runWithFullDisk(t, { PORT, LOG_LEVEL: 'debug' })
  const exited = once(server, 'exit')
  const statusOf = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${PORT}${path}`)).status
  while (await statusOf('/livez').catch(() => 0) !== 200) await sleep(100)

  for (let i = 0; i < 5; i++) t.equal(await statusOf('/greet'), 401)
  server.kill('SIGTERM')
  t.same(await exited, [0, null])
  t.equal(errors(), LOST, 'said once')
})

t.test('an uncaught error ends the service, though its line cannot be written', { skip: process.platform !== 'linux' }, async (t) => {
  const throwing = "import { Server } from 'node:net'; const { listen } = Server.prototype; Server.prototype.listen = function (...all) { this.once('listening', () => setTimeout(() => { throw new Error('on purpose') }, 100)); return listen.apply(this, all) }"
  const { server, errors } = runWithFullDisk(t, { PORT: '0', NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(throwing)}` })

  t.same(await once(server, 'exit'), [1, null])
  t.equal(errors(), LOST)
})

t.test('one line says what is in force, and a variable that is not a setting is named', async (t) => {
  const server = runServer(t, { ...UNREACHABLE, PORT: '0', OKTA_OAUTH2_CLIENT_ID: '0oa1', GREETING_COLOUR: 'red', OKTA_EVENT_HOOK_SECRET: 'swordfish-swordfish' })
  await server.printed('GREETING_COLOUR')
  const lines = server.output().trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  const find = (message: RegExp): unknown => lines.find(({ msg }) => message.test(String(msg)))

  t.match(find(/in force/), {
    level: 30,
    issuer: UNREACHABLE.OKTA_OAUTH2_ISSUER,
    audience: 'api://default',
    group: 'Fastify Okta',
    directory: /^off .*set OKTA_CLIENT_TOKEN$/,
    page: 'off: set OKTA_OAUTH2_CLIENTID',
    eventHook: '/okta/events',
    dpopMode: 'off: set PUBLIC_URL',
    redis: 'off: set REDIS_URL',
    publicUrl: 'off: set PUBLIC_URL',
    auditLog: 'off: set AUDIT_LOG'
  })
  t.match(find(/OKTA_OAUTH2_CLIENT_ID/), { level: 40, suggestion: 'OKTA_OAUTH2_CLIENTID', msg: 'OKTA_OAUTH2_CLIENT_ID is not a setting and is ignored: did you mean OKTA_OAUTH2_CLIENTID?' })
  t.match(find(/GREETING_COLOUR/), { level: 40, suggestion: null })
  t.notMatch(server.output(), /swordfish|"red"|0oa1/)
})
