import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { checkSettings, type Settings } from './settings.js'

const require = createRequire(import.meta.url)

/**
 * node-config's file is an ES module by its syntax alone. Where module hooks are installed, as tracers and test runners
 * do, `import` takes it for CommonJS, and fails or not by what else is being imported; `require()` never does.
 */
const { Load } = require('config/lib/util.js') as typeof import('config/lib/util.js')

/** `config/` at the top of the repository, seen from `src/greeting/dist/settings/`. */
const DEFAULT_CONFIG = join(import.meta.dirname, '../../../../config')

/**
 * Reads the settings: the defaults in the package's `config/`, the operator's files in `NODE_CONFIG_DIR` if there are
 * any, and the environment over both. Looks for nothing in the working directory, and keeps nothing global.
 *
 * @throws {SettingsError} naming everything that is wrong with them
 * @throws {Error} a file of the operator's cannot be read as JSON5
 */
export function readSettings (): Settings {
  const load = new Load({
    configDir: [DEFAULT_CONFIG, process.env['NODE_CONFIG_DIR'] ?? ''].filter(Boolean).join(delimiter),
    nodeEnv: (process.env['NODE_CONFIG_ENV'] ?? process.env['NODE_ENV'] ?? 'development').split(','),
    // node-config would look for files named after the host, and HOST is where this service listens.
    hostName: ''
  })
  const texts = load.scan() as Record<string, unknown>
  const [, ...sources] = load.getSources()
  return checkSettings(texts, {
    isOktaConfigured: sources.some(({ parsed }) => Object.entries(parsed).some(([name, value]) => name.startsWith('OKTA_') && value !== null)),
    isProduction: process.env['NODE_ENV'] === 'production'
  })
}
