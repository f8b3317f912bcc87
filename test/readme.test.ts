import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import * as fastifyOkta from 'fastify-okta'

const README = readFileSync('README.md', 'utf8')
const SERVICE = readFileSync('docs/service.md', 'utf8')
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/service.md']

t.test('docs/service.md names every setting, and none that there is not', async t => {
  const mapped = Object.keys(await readJson5('config/custom-environment-variables.json5')).sort()
  const [, section = ''] = SERVICE.split(/^## Settings$|^## Log$/m)
  const named = new Set([...section.matchAll(/\b(?:OKTA|OTEL|GREETING|LOCAL_OKTA|PUBLIC|REDIS|LOG|AUDIT)_[A-Z_0-9]*[A-Z0-9]\b|`(PORT|HOST)\b/g)].map(([name, plain]) => plain ?? name))

  t.same([...named].sort(), mapped)
})

t.test('docs/service.md names every error, and none that there is not', async t => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(file => /^(?:fastify-okta|greeting)\/(?!dist|node_modules|cli).*\.ts$/.test(file))
    .map(file => readFileSync(join('src', file), 'utf8')).join('')
  const codes = (text: string): string[] => [...new Set(text.match(/FST_(?:OKTA|GREETING)_[A-Z_]*[A-Z]/g))].sort()

  t.same(codes(SERVICE), codes(sources))
  t.ok(Object.keys(fastifyOkta).includes('InvalidTokenError'), 'errors are exported')
})

t.test('the README\'s hooks are the plugin\'s', async t => {
  const declarations = readFileSync('src/fastify-okta/augmentation.ts', 'utf8')
  for (const [, name = ''] of README.matchAll(/app\.okta\.(\w+)/g)) t.match(declarations, new RegExp(`\\b${name}\\b`), name)
})

t.test('the README\'s commands are in package.json', async t => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  t.ok(scripts['start'] !== undefined && scripts['test'] !== undefined)
  for (const [, command = ''] of README.matchAll(/npx fastify-okta (\w+)/g)) t.ok(existsSync(`src/fastify-okta/cli/commands/${command}.ts`), command)
  const contributing = readFileSync('CONTRIBUTING.md', 'utf8')
  for (const [, script = ''] of contributing.matchAll(/npm run ([\w:]+)/g)) t.ok(scripts[script], script)
})

for (const page of PAGES) {
  t.test(`the links and pictures of ${page} lead somewhere`, async t => {
    const text = readFileSync(page, 'utf8')
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link).filter(link => !/^[a-z]+:/.test(link))
    for (const link of links) t.ok(existsSync(join(dirname(page), link)), link)
    for (const [, file = ''] of text.matchAll(/`((?:src|test|config|bench)\/[\w./-]+)`/g)) t.ok(existsSync(file), file)
  })
}

async function readJson5 (file: string): Promise<object> {
  const { default: json5 } = await import('json5')
  return json5.parse(readFileSync(file, 'utf8'))
}
