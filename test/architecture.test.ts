import { ESLint } from 'eslint'
import t from 'tap'

const eslint = new ESLint()

/** The directions of imports, by what they refuse: a made-up file and a line in it that must be reported. */
const refused = {
  'oauth/ does not import Fastify': ['fastify-okta/oauth/a.ts', "import { fastify } from 'fastify'"],
  'oauth/ does not import a plugin of Fastify': ['fastify-okta/oauth/a.ts', "import jwt from '@fastify/jwt'"],
  'oauth/ does not import okta/': ['fastify-okta/oauth/a.ts', "import { a } from '../okta/b.js'"],
  'oauth/ does not import types of okta/': ['fastify-okta/oauth/a.ts', "import type { A } from '../okta/b.js'"],
  'oauth/ does not import okta/ from a folder in it': ['fastify-okta/oauth/deep/a.ts', "import { a } from '../../okta/b.js'"],
  'oauth/ does not import the Okta SDK': ['fastify-okta/oauth/a.ts', "import okta from '@okta/okta-sdk-nodejs'"],
  'oauth/ does not import the options': ['fastify-okta/oauth/a.ts', "import type { A } from '../options.js'"],
  'okta/ does not import guards/': ['fastify-okta/okta/a.ts', "import { a } from '../guards/b.js'"],
  'okta/ does not re-export from guards/': ['fastify-okta/okta/a.ts', "export { a } from '../guards/b.js'"],
  'okta/ does not re-export all of guards/': ['fastify-okta/okta/a.ts', "export * from '../guards/b.js'"],
  'okta/ does not import the plugin': ['fastify-okta/okta/a.ts', "import plugin from '../plugin.js'"],
  'okta/ does not import the index from a folder in it': ['fastify-okta/okta/directory/a.ts', "import a from '../../index.js'"],
  'okta/ does not import Fastify': ['fastify-okta/okta/a.ts', "import { fastify } from 'fastify'"],
  'okta/ does not import the recorder, but takes callbacks': ['fastify-okta/okta/a.ts', "import type { A } from '../recorder.js'"],
  'guards/ does not import the plugin': ['fastify-okta/guards/a.ts', "import plugin from '../plugin.js'"],
  'guards/ does not import the options': ['fastify-okta/guards/a.ts', "import { a } from '../options.js'"],
  'guards/ imports types of the recorder only': ['fastify-okta/guards/a.ts', "import { a } from '../recorder.js'"],
  'the options import types of oauth/ only': ['fastify-okta/options.ts', "import { a } from './oauth/b.js'"],
  'the options do not import guards/': ['fastify-okta/options.ts', "import type { A } from './guards/b.js'"],
  'the errors import nothing': ['fastify-okta/errors.ts', "import type { A } from './oauth/b.js'"],
  'the recorder does not import a metrics library': ['fastify-okta/recorder.ts', "import { Counter } from 'prom-client'"],
  'the augmentation imports types only': ['fastify-okta/augmentation.ts', "import { a } from './okta/b.js'"],
  'the commands do not import the plugin': ['fastify-okta/cli/a.ts', "import plugin from '../plugin.js'"],
  'the plugin does not reach into another package': ['fastify-okta/plugin.ts', "import { a } from '../local-okta/b.js'"],
  'the plugin does not reach into another package with import()': ['fastify-okta/plugin.ts', "export const a = () => import('../local-okta/b.js')"],
  'the plugin does not reach into another package for a type': ['fastify-okta/plugin.ts', "export type A = import('../local-okta/b.js').A"],
  'the guards do not import the local Okta by its name': ['fastify-okta/guards/a.ts', "import { startLocalOkta } from 'local-okta'"],
  'the local Okta does not import the plugin by its name': ['local-okta/a.ts', "import { GroupRequiredError } from 'fastify-okta'"],
  'the local Okta does not reach into the plugin': ['local-okta/deep/a.ts', "import type { A } from '../../fastify-okta/oauth/b.js'"],
  'kernel/ knows no resource': ['local-okta/kernel/a.ts', "import type { A } from '../resources/users/user.js'"],
  'kernel/ does not import the seed': ['local-okta/kernel/a.ts', "import type { A } from '../seed.js'"],
  'resources/ does not import oauth/': ['local-okta/resources/users/a.ts', "import type { A } from '../../oauth/context.js'"],
  'resources/ does not import Fastify': ['local-okta/resources/users/a.ts', "import type { A } from 'fastify'"],
  'tokens/ imports types of resources/ only': ['local-okta/tokens/a.ts', "import { a } from '../resources/users/store.js'"],
  'the pages import nothing': ['local-okta/pages/a.ts', "import type { A } from '../oauth/context.js'"],
  'oauth/ does not import the console': ['local-okta/oauth/endpoints/a.ts', "import { a } from '../../console/b.js'"],
  'only oauth/ imports oidc-provider': ['local-okta/console/a.ts', "import { Provider } from 'oidc-provider'"],
  'the command of the local Okta imports what everybody can': ['local-okta/cli/a.ts', "import { a } from '../oauth/mint.js'"],
  'a new folder of the local Okta is refused until the table of layers names it': ['local-okta/helpers/a.ts', "import { a } from '../kernel/b.js'"],
  'the greeting service does not reach into the plugin': ['greeting/a.ts', "import plugin from '../fastify-okta/plugin.js'"],
  'the greeting service does not reach into the local Okta': ['greeting/routes/me/a.ts', "import { a } from '../../../local-okta/b.js'"],
  'the greeting service does not import what runs in browsers': ['greeting/app.ts', "import { a } from './browser/b.js'"],
  'what runs in browsers does not import the service': ['greeting/browser/a.ts', "import { a } from '../app.js'"],
  'the settings do not import the routes': ['greeting/settings/a.ts', "import { a } from '../routes/b.js'"],
  'the settings do not import the app': ['greeting/settings/a.ts', "import type { A } from '../app.js'"],
  'the log imports types of the settings only': ['greeting/log/a.ts', "import { a } from '../settings/b.js'"],
  'the log does not import the pages': ['greeting/log/a.ts', "import { a } from '../pages/b.js'"],
  'redis/ does not import the settings': ['greeting/redis/a.ts', "import type { A } from '../settings/b.js'"],
  'redis/ does not import the routes': ['greeting/redis/a.ts', "import { a } from '../routes/b.js'"],
  'only redis/ imports ioredis': ['greeting/app.ts', "import { Redis } from 'ioredis'"],
  'only telemetry/ imports OpenTelemetry': ['greeting/routes/me/a.ts', "import { trace } from '@opentelemetry/api'"],
  'the plugin does not import OpenTelemetry': ['fastify-okta/tracing.ts', "import { trace } from '@opentelemetry/api'"],
  'the pages do not import the routes': ['greeting/pages/a.ts', "import { a } from '../routes/b.js'"],
  'http/ imports types of the pages only': ['greeting/http/a.ts', "import { a } from '../pages/b.js'"],
  'the routes do not import the settings': ['greeting/routes/me/a.ts', "import type { A } from '../../settings/b.js'"],
  'the routes do not import redis/': ['greeting/routes/me/a.ts', "import { a } from '../../redis/b.js'"],
  'the routes do not import the app': ['greeting/routes/me/a.ts', "import { a } from '../../app.js'"],
  'the app does not import what starts it': ['greeting/app.ts', "import { a } from './start/b.js'"],
  'the app does not import the local Okta': ['greeting/app.ts', "import { startLocalOkta } from 'local-okta'"],
  'a new folder of the service is refused until the table of layers names it': ['greeting/helpers/a.ts', "import { a } from '../errors.js'"],
  'a new layer is refused until the table of layers names it': ['fastify-okta/helpers/a.ts', "import { a } from '../errors.js'"],
  'a new package is refused until the table of layers names it': ['other/a.ts', "import { a } from './b.js'"]
}

const allowed = {
  'oauth/ imports errors, jose, Node and its own files': ['fastify-okta/oauth/a.ts', `
import { a } from '../errors.js'
import { b } from './b.js'
import { jwtVerify } from 'jose'
import { createHash } from 'node:crypto'
export const all = [a, b, jwtVerify, createHash]`],
  'okta/ imports oauth/ and its own files, from a folder too': ['fastify-okta/okta/directory/a.ts', `
import { a } from '../../oauth/b.js'
import { b } from '../b.js'
export const all = () => [a, b, import('@okta/okta-sdk-nodejs')]`],
  'the options import types of oauth/': ['fastify-okta/options.ts', `
import { type A } from './oauth/b.js'
export type B = A`],
  'oauth/ of the local Okta imports kernel/, resources/ and tokens/': ['local-okta/oauth/endpoints/a.ts', `
import type { A } from '../../kernel/kernel.js'
import { b } from '../../resources/users/store.js'
import { c } from '../../tokens/sign.js'
export const all: A[] = [b, c]`],
  'the greeting service imports the plugin by its name': ['greeting/app.ts', `
import fastifyOkta from 'fastify-okta'
export const all = () => [fastifyOkta, import('./redis/b.js')]`],
  'what starts the greeting service imports the local Okta by its name': ['greeting/start/a.ts', `
import { type LocalOkta } from 'local-okta'
export const start = async (): Promise<LocalOkta> => await (await import('local-okta')).startLocalOkta()`]
}

t.test('imports go one way', async t => {
  for (const [title, [filePath = '', code = '']] of Object.entries(refused)) {
    t.match(await rulesBroken(`src/${filePath}`, code), ['layers/import-direction'], title)
  }
  for (const [title, [filePath = '', code = '']] of Object.entries(allowed)) {
    t.same(await rulesBroken(`src/${filePath}`, code), [], title)
  }
})

t.test('index.ts re-exports and does nothing else', async t => {
  t.same(await rulesBroken('src/fastify-okta/index.ts', "export { default } from './plugin.js'"), [])
  t.same(await rulesBroken('src/fastify-okta/index.ts', "import './augmentation.js'"), [])
  t.same(await rulesBroken('src/fastify-okta/index.ts', 'export const a = 1'), ['no-restricted-syntax'])
})

t.test('only the settings read the environment', async t => {
  const code = 'export const port = process.env.PORT'

  t.same(await rulesBroken('src/greeting/settings/config.ts', code), [])
  t.same(await rulesBroken('src/greeting/app.ts', code), ['no-restricted-syntax'])
  t.same(await rulesBroken('src/fastify-okta/oauth/a.ts', code), ['no-restricted-syntax'])
})

t.test('`any` is refused', async t => {
  t.same(await rulesBroken('src/fastify-okta/oauth/a.ts', 'export const a = (b: any) => b'), ['@typescript-eslint/no-explicit-any'])
})

/** Which rules a file would break: about what it imports, not whether it uses that. */
async function rulesBroken (filePath: string, code: string): Promise<Array<string | null>> {
  const [result] = await eslint.lintText(`${code.trimStart()}\n`, { filePath })
  const rules = result?.messages.map(message => message.ruleId) ?? []
  return rules.filter(rule => rule !== '@typescript-eslint/no-unused-vars')
}
