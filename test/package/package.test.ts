import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { binary, ROOT, run, temporaryFolder } from './build.js'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
/** What goes into the tarball beside `dist`. */
const SHIPPED = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'config', 'docs']

/** What the types promise. The compiler has checked these files against the sources; here they are held against the declarations. */
const SHEETS = 'test/package/types'

/** A compiler's and npm's work, which waits for its turn where other tests run; in milliseconds. */
const PATIENCE = { timeout: 120_000 }
t.setTimeout(PATIENCE.timeout)

const folder = temporaryFolder(t)
const tarball = await pack(join(folder, 'built'))

/** Builds and packs apart from the repository's own `dist`, which somebody may be using. */
async function pack (built: string): Promise<string> {
  mkdirSync(built)
  for (const name of SHIPPED) cpSync(name, join(built, name), { recursive: true })
  const { stdout, exitCode } = await run(binary('tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(built, 'dist'), '--tsBuildInfoFile', join(built, 'dist/.tsbuildinfo')])
  if (exitCode !== 0) throw new Error(`the package does not compile: ${stdout}`)
  // made for browsers by `build:browser`, which `build:test` has run
  if (existsSync('dist/browser')) cpSync('dist/browser', join(built, 'dist/browser'), { recursive: true })
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: built })
  const { filename } = firstOf(JSON.parse(packed.stdout) as Record<string, { filename: string }>)
  return join(folder, filename)
}

/** npm gives a list, or, from its version 12 on, an object by name. */
function firstOf<T> (packages: readonly T[] | Record<string, T>): T {
  const [first] = Object.values(packages)
  if (first === undefined) throw new Error('nothing was packed')
  return first
}

/**
 * A project that has the package installed, and of other packages only those that it says it needs, with those given.
 */
async function consumer (name: string, others: readonly string[]): Promise<string> {
  const project = join(folder, name)
  const installed = join(project, 'node_modules/fastify-okta')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  const { exitCode, stderr } = await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  if (exitCode !== 0) throw new Error(stderr)
  for (const dependency of [...Object.keys(manifest.dependencies), ...others]) {
    const link = join(project, 'node_modules', dependency)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(resolve('node_modules', dependency), link)
  }
  return project
}

async function runScript (project: string, name: string, script: string) {
  writeFileSync(join(project, name), script)
  return await run(process.execPath, [name], { cwd: project })
}

t.test('the tarball has what is used, and nothing else', async t => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const files = stdout.trim().split('\n').map(file => file.replace(/^package\//, '')).sort()

  t.same(files.filter(file => !/^(?:dist|config|docs)\//.test(file)), ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  t.same(files.filter(file => file.startsWith('dist/') && !/\.(?:js|js\.map|d\.ts)$|^dist\/browser\/\w+\.(?:css|svg|html)$/.test(file)), [], 'no leavings of the compiler')
  t.same(files.filter(file => file.startsWith('docs/') && !file.endsWith('.md')), [], 'no generators')
  t.same(files.filter(file => file.startsWith('config/')), ['config/custom-environment-variables.json5', 'config/default.json5'], 'no settings of anybody\'s own')
  t.same(files.filter(file => /test|\.env|\.tsbuildinfo/.test(file)), [])
  for (const entry of ['dist/index.js', 'dist/index.d.ts', 'dist/local-okta/index.js', 'dist/local-okta/index.d.ts', 'docs/options.md']) {
    t.ok(files.includes(entry), entry)
  }
})

t.test('publint and attw have nothing to say', PATIENCE, async t => {
  const [published, types] = await Promise.all([
    run(binary('publint'), [tarball, '--strict']),
    run(binary('attw'), [tarball, '--profile', 'esm-only', '--format', 'ascii'])
  ])

  t.equal(published.exitCode, 0, published.stdout + published.stderr)
  t.equal(types.exitCode, 0, types.stdout + types.stderr)
})

t.test('a project without oidc-provider', PATIENCE, async t => {
  const project = await consumer('plain', ['fastify', '@fastify/auth', '@fastify/rate-limit', '@fastify/websocket', '@types/node', '@types/ws', 'expect-type'])

  t.test('imports the plugin', async t => {
    const { stdout, stderr } = await runScript(project, 'import.mjs', `
import fastify from 'fastify'
import fastifyOkta, { fastifyOkta as named, GroupRequiredError } from 'fastify-okta'
import manifest from 'fastify-okta/package.json' with { type: 'json' }
const app = fastify()
await app.register(fastifyOkta, { issuer: 'http://127.0.0.1:1/oauth2/default', audience: 'api://default' })
app.get('/', { onRequest: app.okta.authenticate }, () => 'never')
const { statusCode, headers } = await app.inject('/')
console.log(named === fastifyOkta, new GroupRequiredError().code, manifest.version, statusCode, String(headers['www-authenticate']))
await app.close()`)

    t.equal(stdout, `true FST_OKTA_GROUP_REQUIRED ${manifest.version} 401 Bearer realm="okta"\n`, stderr)
  })

  t.test('requires it from CommonJS', async t => {
    const { stdout, stderr } = await runScript(project, 'require.cjs', `
const fastify = require('fastify')
const { default: fastifyOkta, MissingCredentialsError } = require('fastify-okta')
const app = fastify()
app.register(fastifyOkta, { issuer: 'http://127.0.0.1:1/oauth2/default', audience: 'api://default' })
app.ready().then(async () => {
  console.log(new MissingCredentialsError().code, app.okta.directory)
  await app.close()
})`)

    t.equal(stdout, 'FST_OKTA_MISSING_CREDENTIALS null\n', stderr)
  })

  t.test('is told what the local Okta misses', async t => {
    const { stdout } = await runScript(project, 'missing.mjs', `
import { startLocalOkta } from 'fastify-okta/local-okta'
await startLocalOkta().then(okta => okta.stop(), ({ code, message }) => { console.log(code, message.includes('oidc-provider')) })`)

    t.equal(stdout, 'ERR_MODULE_NOT_FOUND true\n')
  })

  t.test('finds the types, from either kind of module, and they promise what they should', PATIENCE, async t => {
    const sheets = readdirSync(SHEETS)
    t.ok(sheets.length > 0)
    const script = `
import fastify from 'fastify'
import fastifyOkta, { assertAuthenticated, type AccessTokenClaims, type FastifyOktaOptions } from 'fastify-okta'
import type { LocalOkta } from 'fastify-okta/local-okta'
export const options = ({ issuer, audience }: LocalOkta): FastifyOktaOptions => ({ issuer, audience })
export const claims = async (options: FastifyOktaOptions, app = fastify()): Promise<void> => {
  await app.register(fastifyOkta, options)
  app.get('/', { onRequest: app.okta.requireGroup('Auditors') }, (request): AccessTokenClaims => {
    assertAuthenticated(request)
    return request.claims
  })
}
// @ts-expect-error there is no such option
export const wrong: FastifyOktaOptions = { issuer: '', audience: '', issuers: 1 }
`
    writeFileSync(join(project, 'module.mts'), script)
    writeFileSync(join(project, 'common.cts'), script)
    for (const sheet of sheets) writeFileSync(join(project, `${sheet}.mts`), readFileSync(join(SHEETS, sheet), 'utf8').replace('../../../src/index.js', 'fastify-okta'))
    const { stdout } = await run(binary('tsc'), [
      '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext',
      '--target', 'es2022', '--types', 'node', 'module.mts', 'common.cts', ...sheets.map(sheet => `${sheet}.mts`)
    ], { cwd: project })

    t.equal(stdout, '')
  })

  t.test('gets the same messages from the compiler for routes that are not guarded, whether it imports the plugin or not', PATIENCE, async t => {
    const routes = `
import fastify from 'fastify'
import rateLimit from '@fastify/rate-limit'
const app = fastify()
await app.register(rateLimit)
app.post<{ Reply: { sub: string } }>('/', async () => ({ sub: 1 }))
app.post<{ Reply: { sub: string } }>('/', { onRequest: app.rateLimit() }, async () => ({ sub: 1 }))
app.route({ method: 'GET', url: 1, handler: async (request) => request.id })
app.get('/', { onRequest: 'a' }, async (request) => request.query.term)
app.get('/', { onRequest: async () => {} }, async (request) => request.user)
`
    writeFileSync(join(project, 'without.mts'), routes)
    writeFileSync(join(project, 'with.mts'), `${routes}import 'fastify-okta'\n`)
    const compile = async (file: string): Promise<string> =>
      (await run(binary('tsc'), ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', file], { cwd: project })).stdout.replaceAll(file, 'routes.mts')
    const [without, withPlugin] = [await compile('without.mts'), await compile('with.mts')]

    t.match(without, /error TS\d+/)
    t.equal(withPlugin, without)
  })
})

t.test('a project with oidc-provider has the local Okta', async t => {
  const project = await consumer('testing', ['fastify', 'oidc-provider'])
  const { stdout, stderr } = await runScript(project, 'local-okta.mjs', `
import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'fastify-okta/local-okta'
const okta = await startLocalOkta()
const app = fastify()
await app.register(fastifyOkta, { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } })
app.get('/', { onRequest: app.okta.requireGroup('Fastify Okta') }, ({ oktaUser }) => oktaUser.profile.displayName)
const greet = async user => await app.inject({ url: '/', headers: { authorization: 'Bearer ' + await okta.mintAccessToken({ user }) } })
console.log((await greet('ada@example.com')).body, (await greet('grace@example.com')).statusCode)
await app.close()
await okta.stop()`)

  t.equal(stdout, 'Ada Lovelace 403\n', stderr)
})

t.test('whatever package.json leads to is there', async t => {
  const { exports, types } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, string | Record<string, string>>, types: string }
  const leads = Object.values(exports).flatMap(target => typeof target === 'string' ? [target] : Object.values(target))

  for (const lead of [...leads, types]) t.ok(existsSync(join(folder, 'built', lead)), lead)
  t.not(folder.startsWith(ROOT), true)
})
