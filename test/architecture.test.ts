import { ESLint } from 'eslint'
import t from 'tap'

const eslint = new ESLint()

/** The directions of imports, by what they refuse: a made-up file and a line in it that must be reported. */
const refused = {
  'oauth/ knows no Fastify': ['src/oauth/a.ts', "import { fastify } from 'fastify'"],
  'oauth/ knows no plugin of Fastify': ['src/oauth/a.ts', "import jwt from '@fastify/jwt'"],
  'oauth/ knows no Okta': ['src/oauth/a.ts', "import { a } from '../okta/b.js'"],
  'oauth/ knows no Okta, by type either': ['src/oauth/a.ts', "import type { A } from '../okta/b.js'"],
  'oauth/ knows no Okta, in a folder either': ['src/oauth/deep/a.ts', "import { a } from '../../okta/b.js'"],
  'oauth/ knows no Okta SDK': ['src/oauth/a.ts', "import okta from '@okta/okta-sdk-nodejs'"],
  'oauth/ knows no options': ['src/oauth/a.ts', "import type { A } from '../options.js'"],
  'okta/ knows no guards': ['src/okta/a.ts', "import { a } from '../guards/b.js'"],
  'okta/ knows no guards, re-exported either': ['src/okta/a.ts', "export { a } from '../guards/b.js'"],
  'okta/ knows no guards, all re-exported either': ['src/okta/a.ts', "export * from '../guards/b.js'"],
  'okta/ knows no plugin': ['src/okta/a.ts', "import plugin from '../plugin.js'"],
  'okta/ knows no plugin, from a folder of the same depth': ['src/okta/directory/a.ts', "import a from '../../index.js'"],
  'guards/ know no plugin': ['src/guards/a.ts', "import plugin from '../plugin.js'"],
  'guards/ know no options': ['src/guards/a.ts', "import { a } from '../options.js'"],
  'options know oauth/ by type only': ['src/options.ts', "import { a } from './oauth/b.js'"],
  'options know no guards': ['src/options.ts', "import type { A } from './guards/b.js'"],
  'errors know nothing': ['src/errors.ts', "import type { A } from './oauth/b.js'"],
  'okta/ knows no recorder: it tells by callbacks': ['src/okta/a.ts', "import type { A } from '../recorder.js'"],
  'guards know the recorder by type only': ['src/guards/a.ts', "import { a } from '../recorder.js'"],
  'the recorder knows no metrics library': ['src/recorder.ts', "import { Counter } from 'prom-client'"],
  'augmentation knows types only': ['src/augmentation.ts', "import { a } from './okta/b.js'"],
  'the plugin knows no service': ['src/plugin.ts', "import { a } from './service/b.js'"],
  'the plugin knows no local Okta': ['src/plugin.ts', "import { a } from './local-okta/b.js'"],
  'the plugin knows no local Okta, lazily either': ['src/plugin.ts', "export const a = () => import('./local-okta/b.js')"],
  'the plugin knows no local Okta, by an inline type either': ['src/plugin.ts', "export type A = import('./local-okta/b.js').A"],
  'the index exports no service': ['src/index.ts', "export { a } from './service/b.js'"],
  'the service uses the plugin by its front door': ['src/service/a.ts', "import plugin from '../plugin.js'"],
  'the service uses the plugin by its front door, in a folder either': ['src/service/me/a.ts', "import { a } from '../../okta/b.js'"],
  'the service knows no commands': ['src/service/a.ts', "import { a } from '../cli/b.js'"],
  'the service loads the local Okta lazily': ['src/service/server.ts', "import { a } from '../local-okta/index.js'"],
  'commands load the local Okta lazily': ['src/cli/a.ts', "import { a } from '../local-okta/index.js'"],
  'commands know no plugin': ['src/cli/a.ts', "import plugin from '../plugin.js'"],
  'the local Okta knows no errors': ['src/local-okta/a.ts', "import { a } from '../errors.js'"],
  'the local Okta knows no oauth/': ['src/local-okta/deep/a.ts', "import type { A } from '../../oauth/b.js'"],
  'a new room is refused until the table of rooms names it': ['src/helpers/a.ts', "import { a } from '../errors.js'"]
}

const allowed = {
  'oauth/ knows errors, jose, Node and its own files': ['src/oauth/a.ts', `
import { a } from '../errors.js'
import { b } from './b.js'
import { jwtVerify } from 'jose'
import { createHash } from 'node:crypto'
export const all = [a, b, jwtVerify, createHash]`],
  'okta/ knows oauth/ and its own files, in a folder too': ['src/okta/directory/a.ts', `
import { a } from '../../oauth/b.js'
import { b } from '../b.js'
export const all = () => [a, b, import('@okta/okta-sdk-nodejs')]`],
  'options know types of oauth/': ['src/options.ts', `
import { type A } from './oauth/b.js'
export type B = A`],
  'a room has its own index': ['src/local-okta/deep/a.ts', `
import { a } from '../index.js'
export const all = [a]`],
  'the service knows the index, and the local Okta lazily': ['src/service/server.ts', `
import fastifyOkta from '../index.js'
export const all = () => [fastifyOkta, import('../local-okta/index.js')]`],
  'tests know everything': ['test/a.test.ts', `
import { a } from '../src/oauth/b.js'
import { b } from 'local-okta'
export const all = [a, b]`]
}

t.test('imports go one way', async t => {
  for (const [title, [filePath = '', code = '']] of Object.entries(refused)) {
    t.match(await rulesBroken(filePath, code), ['rooms/import-direction'], title)
  }
  for (const [title, [filePath = '', code = '']] of Object.entries(allowed)) {
    t.same(await rulesBroken(filePath, code), [], title)
  }
})

t.test('index.ts re-exports and does nothing else', async t => {
  t.same(await rulesBroken('src/index.ts', "export { default } from './plugin.js'"), [])
  t.same(await rulesBroken('src/index.ts', "import './augmentation.js'"), [])
  t.same(await rulesBroken('src/index.ts', 'export const a = 1'), ['no-restricted-syntax'])
})

t.test('only the settings read the environment', async t => {
  const code = 'export const port = process.env.PORT'

  t.same(await rulesBroken('src/service/config.ts', code), [])
  t.same(await rulesBroken('src/service/app.ts', code), ['no-restricted-syntax'])
  t.same(await rulesBroken('src/oauth/a.ts', code), ['no-restricted-syntax'])
})

t.test('`any` is refused', async t => {
  t.same(await rulesBroken('src/oauth/a.ts', 'export const a = (b: any) => b'), ['@typescript-eslint/no-explicit-any'])
})

/** Which rules a file would break: about what it imports, not whether it uses that. */
async function rulesBroken (filePath: string, code: string): Promise<Array<string | null>> {
  const [result] = await eslint.lintText(`${code.trimStart()}\n`, { filePath })
  const rules = result?.messages.map(message => message.ruleId) ?? []
  return rules.filter(rule => rule !== '@typescript-eslint/no-unused-vars')
}
