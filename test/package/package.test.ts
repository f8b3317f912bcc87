import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import t from 'tap'
import { testExamples } from '../examples/examples.js'
import { leftToCi } from '../kit/ci.js'
import { binary, install, installNode, pack, run, temporaryFolder } from './build.js'

/** What the types promise. The compiler has checked these files against the sources; here they are checked against the tarball. */
const TYPE_TESTS = 'test/package/types'
/** A user of the plugin without a directory installs no more than this; before the split it was 183 packages and 90 MB. */
const MAX_PACKAGES = 100
const MAX_MEGABYTES = 30

/** Plugins of others beside which the types are compiled. */
const PLUGINS = ['@fastify/auth@5', '@fastify/rate-limit@11', '@fastify/websocket@11']

/** A service with a directory, which greets Ada and refuses Grace. */
const GREET = `
import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { startLocalOkta } from 'local-okta'
const okta = await startLocalOkta()
const app = fastify()
await app.register(fastifyOkta, { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } })
app.get('/', { onRequest: app.okta.requireGroup('Fastify Okta') }, ({ oktaUser }) => oktaUser.profile.displayName)
const greet = async user => await app.inject({ url: '/', headers: { authorization: 'Bearer ' + await okta.mintAccessToken({ user }) } })
console.log((await greet('ada@example.com')).body, (await greet('grace@example.com')).statusCode)
await app.close()
await okta.stop()`

const SLOW = { timeout: 500_000 }
t.setTimeout(SLOW.timeout)

const folder = temporaryFolder(t)
const [plugin, localOkta] = await Promise.all([pack('src/fastify-okta', folder), pack('src/local-okta', folder)])
const { version } = JSON.parse(readFileSync('src/fastify-okta/package.json', 'utf8')) as { version: string }

async function runScript (project: string, name: string, script: string) {
  writeFileSync(join(project, name), script)
  return await run(process.execPath, [name], { cwd: project })
}

t.test('the tarballs hold what is used, and nothing else', async t => {
  for (const tarball of [plugin, localOkta]) {
    const { stdout } = await run('tar', ['-tzf', tarball])
    const files = stdout.trim().split('\n').map(file => file.replace(/^package\//, '')).sort()
    const [name = ''] = /^[a-z-]+(?=-\d)/.exec(basename(tarball)) ?? []

    t.same(files.filter(file => !file.startsWith('dist/')), ['LICENSE', 'README.md', `bin/${name}.js`, ...(name === 'local-okta' ? ['description/operations.json'] : []), 'package.json'], name)
    t.same(files.filter(file => file.startsWith('dist/') && !/\.(?:js|d\.ts)$/.test(file)), [], `${name}: neither source maps nor anything else of the compiler`)
    for (const entry of ['LICENSE', 'README.md', `bin/${name}.js`, 'dist/index.js', 'dist/index.d.ts']) t.ok(files.includes(entry), `${name}: ${entry}`)
  }
})

t.test('publint and attw find nothing', SLOW, async t => {
  for (const tarball of [plugin, localOkta]) {
    const [published, types] = await Promise.all([
      run(binary('publint'), [tarball, '--strict']),
      run(binary('attw'), [tarball, '--profile', 'esm-only', '--format', 'ascii'])
    ])
    t.equal(published.exitCode, 0, published.stdout + published.stderr)
    t.equal(types.exitCode, 0, types.stdout + types.stderr)
  }
})

t.test('a project with the plugin and no directory', SLOW, async t => {
  const project = await install(join(folder, 'plain'), [plugin, 'fastify@5'])

  t.test(`installs at most ${MAX_PACKAGES} packages and ${MAX_MEGABYTES} MB`, async t => {
    const { packages } = JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8')) as { packages: Record<string, unknown> }
    const { stdout } = await run('du', ['-s', '--apparent-size', '-B', '1', 'node_modules'], { cwd: project })

    t.ok(Object.keys(packages).length <= MAX_PACKAGES, `${Object.keys(packages).length} packages`)
    t.ok(Number.parseInt(stdout) <= MAX_MEGABYTES * 1e6, `${stdout} bytes`)
  })

  t.test('imports the plugin', async t => {
    const { stdout, stderr } = await runScript(project, 'import.mjs', `
import fastify from 'fastify'
import fastifyOkta, { fastifyOkta as named, GroupRequiredError } from 'fastify-okta'
import manifest from 'fastify-okta/package.json' with { type: 'json' }
const app = fastify()
await app.register(fastifyOkta, { issuer: 'http://127.0.0.1:1/oauth2/default', audience: 'api://default' })
app.get('/', { onRequest: app.okta.authenticate }, () => 'never')
const { statusCode, headers } = await app.inject('/')
console.log(named === fastifyOkta, typeof GroupRequiredError, manifest.version, statusCode, String(headers['www-authenticate']))
await app.close()`)

    t.equal(stdout, `true function ${version} 401 Bearer realm="okta"\n`, stderr)
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

  t.test('learns what to install when it configures a directory', async t => {
    const { stdout } = await runScript(project, 'directory.mjs', `
import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
const app = fastify()
await app.register(fastifyOkta, { issuer: 'http://127.0.0.1:1/oauth2/default', audience: 'api://default', directory: { token: '00abcdefghijklmnopqrstuvwxyz0123456789ABCD' } })
  .then(() => { console.log('started') }, ({ name, message }) => { console.log(name, message) })`)

    t.equal(stdout, 'TypeError directory needs the package @okta/okta-sdk-nodejs: npm install @okta/okta-sdk-nodejs\n')
  })

  t.test('has the command', async t => {
    const { stdout, exitCode } = await run(join(project, 'node_modules/.bin/fastify-okta'), ['--version'], { cwd: project })

    t.match(stdout, version)
    t.equal(exitCode, 0)
  })

  t.test('cannot reach what is internal', async t => {
    const { stdout } = await runScript(project, 'internal.mjs', `
for (const path of ['fastify-okta/dist/plugin.js', 'fastify-okta/oauth/credentials.js', '#fastify-okta/plugin.js']) {
  await import(path).then(() => { console.log(path) }, () => {})
}`)

    t.equal(stdout, '')
  })
})

t.test('a project with the plugin, its directory and the local Okta', SLOW, async t => {
  const project = await install(join(folder, 'whole'), [plugin, localOkta, 'fastify@5', '@okta/okta-sdk-nodejs@8', ...PLUGINS, 'oauth4webapi@3', '@types/node@20', '@types/ws@8', 'expect-type@1'])

  t.test('runs the examples', SLOW, async (t) => {
    cpSync('examples', join(project, 'examples'), { recursive: true })
    writeFileSync(join(project, 'examples/package.json'), '{ "type": "module" }')
    testExamples(t, project)
  })

  t.test('greets a member and refuses others', async t => {
    const { stdout, stderr } = await runScript(project, 'local-okta.mjs', GREET)

    t.equal(stdout, 'Ada Lovelace 403\n', stderr)
  })

  t.test('finds the types from either kind of module, and they promise what they should', SLOW, async t => {
    const tests = readdirSync(TYPE_TESTS).filter(file => file.endsWith('.ts'))
    t.ok(tests.length > 0)
    const script = `
import fastify from 'fastify'
import fastifyOkta, { assertAuthenticated, type AccessTokenClaims, type FastifyOktaOptions } from 'fastify-okta'
import type { LocalOkta } from 'local-okta'
export const options = ({ issuer, audience }: LocalOkta): FastifyOktaOptions => ({ issuer, audience })
export const claims = async (options: FastifyOktaOptions, app = fastify()): Promise<void> => {
  await app.register(fastifyOkta, options)
  app.get('/', { onRequest: app.okta.requireGroup('Auditors') }, (request): AccessTokenClaims => {
    assertAuthenticated(request)
    return request.claims
  })
}
// @ts-expect-error an unknown option
export const wrong: FastifyOktaOptions = { issuer: '', audience: '', issuers: 1 }
`
    writeFileSync(join(project, 'module.mts'), script)
    writeFileSync(join(project, 'common.cts'), script)
    for (const file of tests) writeFileSync(join(project, `${file}.mts`), readFileSync(join(TYPE_TESTS, file), 'utf8'))
    const { stdout } = await run(binary('tsc'), [
      '--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext',
      '--target', 'es2022', '--types', 'node', 'module.mts', 'common.cts', ...tests.map(file => `${file}.mts`)
    ], { cwd: project })

    t.equal(stdout, '')
  })

  t.test('gets the same messages from the compiler for routes that are not guarded, whether it imports the plugin or not', SLOW, async t => {
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

/** Installed as packages: they need not be on the machine; the version that runs the tests is covered by the tests above. */
for (const version of ['22', '24']) {
  t.test(`on Node ${version} a member is greeted, from either kind of module`, { ...SLOW, skip: leftToCi('it installs another version of Node') }, async (t) => {
    const project = await install(join(folder, `node-${version}`), [plugin, localOkta, 'fastify@5', '@okta/okta-sdk-nodejs@8'])
    const node = await installNode(project, version)
    writeFileSync(join(project, 'greet.mjs'), GREET)
    writeFileSync(join(project, 'require.cjs'), 'console.log(process.versions.node.split(\'.\')[0], typeof require(\'fastify-okta\').default)')
    const [greeted, required] = await Promise.all([run(node, ['greet.mjs'], { cwd: project }), run(node, ['require.cjs'], { cwd: project })])

    t.equal(greeted.stdout, 'Ada Lovelace 403\n', greeted.stderr)
    t.equal(required.stdout, `${version} function\n`, required.stderr)
  })
}

t.test('each path in the manifests exists', async t => {
  for (const name of ['fastify-okta', 'local-okta']) {
    const { exports, bin } = JSON.parse(readFileSync(`src/${name}/package.json`, 'utf8')) as { exports: Record<string, string | Record<string, string>>, bin: Record<string, string> }
    const paths = [...Object.values(exports).flatMap(target => typeof target === 'string' ? [target] : Object.values(target)), ...Object.values(bin)]
    for (const path of paths) t.ok(existsSync(resolve(`src/${name}`, path)), `${name}: ${path}`)
  }
})

t.test('a command says what to run if it has not been built', async t => {
  for (const name of ['fastify-okta', 'local-okta']) {
    const copy = join(folder, `${name}.js`)
    writeFileSync(copy, readFileSync(`src/${name}/bin/${name}.js`))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const { stderr, exitCode } = await run(process.execPath, [copy])

    t.equal(stderr, `${name} is not built yet: run "npm ci && npm run build" in its repository.\n`)
    t.equal(exitCode, 1)
  }
})
