import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fastify from 'fastify'
import t from 'tap'
import * as plugin from 'fastify-okta'
import * as serviceErrors from '#greeting/errors.js'
import { run } from '../package/build.js'

const PAGES = ['clients.md', 'mobile.md', 'migration.md', 'options.md'].map(name => `docs/${name}`).concat('examples/README.md', 'postman/README.md')

t.setTimeout(90_000)

t.test('docs/options.md is as the comments in the sources are', { timeout: 60_000 }, async t => {
  const { exitCode, stderr } = await run(process.execPath, ['docs/write-options.js', '--check'])

  t.equal(exitCode, 0, stderr)
})

t.test('links lead somewhere', async t => {
  for (const page of PAGES) {
    for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      t.ok(existsSync(join(dirname(page), link)), `${page}: ${link}`)
    }
  }
})

t.test('codes that are named exist', async t => {
  const known = new Set(Object.values({ ...plugin, ...serviceErrors }).flatMap(codeOf))
  for (const page of PAGES) {
    for (const [code] of readFileSync(page, 'utf8').matchAll(/FST_(?:OKTA|GREETING)_[A-Z_]+/g)) t.ok(known.has(code), `${page}: ${code}`)
  }
})

t.test('what the migration notes name on app.okta exists', async t => {
  const app = fastify()
  t.teardown(async () => { await app.close() })
  await app.register(plugin.default, { issuer: 'http://127.0.0.1:1/oauth2/default', audience: 'api://default' })
  const text = readFileSync('docs/migration.md', 'utf8')

  for (const [, member = ''] of text.matchAll(/app\.okta\.(\w+)/g)) t.ok(member in app.okta, member)
  for (const option of ['jwksUri', 'keysTtlMs', 'keysCeilingMs', 'clockToleranceSeconds', 'introspection', 'issuers']) {
    t.ok(text.includes(`\`${option}\``), option)
    t.match(readFileSync('docs/options.md', 'utf8'), `\`${option}\``)
  }
})

/** A class of errors says its code once it is made, with whatever it takes. */
function codeOf (exported: unknown): string[] {
  if (typeof exported !== 'function' || !(exported.prototype instanceof plugin.FastifyOktaError)) return []
  const { code } = new (exported as new (...parameters: unknown[]) => plugin.FastifyOktaError)('', 1)
  return [code]
}
