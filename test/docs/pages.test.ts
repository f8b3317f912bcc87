import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fastify from 'fastify'
import t from 'tap'
import * as plugin from 'fastify-okta'
import * as serviceErrors from '#greeting/errors.js'
import { leftToCi } from '../kit/ci.js'
import { run } from '../package/build.js'
import { codeOf } from './codes.js'

const PAGES = ['clients.md', 'mobile.md', 'migration.md', 'network.md', 'operations.md', 'options.md', 'recipes.md', 'revocation.md', 'scaling.md', 'troubleshooting.md'].map(name => `docs/${name}`).concat('examples/README.md', 'postman/README.md')

// Compiling every source for the page of options takes minutes on a busy machine.
t.setTimeout(600_000)

t.test('docs/options.md is as the comments in the sources are', { timeout: 500_000, skip: leftToCi('it reads the types of every source') }, async t => {
  const { exitCode, stderr } = await run(process.execPath, ['docs/write-options.js', '--check'])

  t.equal(exitCode, 0, stderr)
})

t.test('links lead to a file, and to a heading in it', async (t) => {
  for (const page of PAGES) {
    for (const [, link = '', id] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const target = link === '' ? page : join(dirname(page), link)
      t.ok(existsSync(target), `${page}: ${link}`)
      if (id !== undefined && target.endsWith('.md')) t.ok(anchorsOf(target).includes(id), `${page}: ${link}#${id}`)
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

/** The anchors of a page: its own, and those that GitHub makes of headings. */
function anchorsOf (page: string): string[] {
  const text = readFileSync(page, 'utf8')
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replace(/[^\w\s-]/g, '').replaceAll(' ', '-'))
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]
}
