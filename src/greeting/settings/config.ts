import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { SETTINGS } from './setting-definitions.js'
import { checkSettings, type Settings } from './settings.js'
import { findUnknownVariables, type UnknownVariable } from './unknown-variables.js'

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
 * @throws {SettingsError} naming every setting that is wrong
 * @throws {Error} a file of the operator's cannot be read as JSON5
 */
export function readSettings (): Settings {
  const { all, given } = loadSettings()
  return checkSettings(all, {
    isOktaConfigured: Object.keys(given).some((name) => name.startsWith('OKTA_')),
    isProduction: environmentsIn(process.env['NODE_ENV'] ?? '').some((name) => name.toLowerCase() === 'production')
  })
}

/**
 * The environment, and in it the settings that files give: what another program needs that reads settings from the
 * environment only. Unchecked, and without the package's own defaults.
 *
 * @throws {Error} a file of the operator's cannot be read as JSON5
 */
export function readEnvironment (): NodeJS.ProcessEnv {
  const strings = Object.entries(loadSettings().given).map(([name, value]) => [name, String(value)])
  return { ...process.env, ...Object.fromEntries(strings) as Record<string, string> }
}

function loadSettings (): { readonly all: Record<string, unknown>, readonly given: Record<string, unknown> } {
  const { NODE_CONFIG_DIR: directory = '', NODE_CONFIG_ENV: configEnvironment, NODE_ENV: environment } = process.env
  const load = new Load({
    configDir: [DEFAULT_CONFIG, directory].filter(Boolean).join(delimiter),
    nodeEnv: environmentsIn(configEnvironment ?? environment ?? 'development'),
    // node-config would look for files named after the host, and HOST is where this service listens.
    hostName: ''
  })
  const all = load.scan() as Record<string, unknown>
  const [, ...sources] = load.getSources()
  const given = Object.assign({}, ...sources.map(({ parsed }) => parsed)) as Record<string, unknown>
  return { all, given: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) }
}

/** The names of environment variables that look like settings of this service and are not, each with the setting that was probably meant. */
export function readUnknownVariables (): UnknownVariable[] {
  const given = Object.entries(process.env).filter(([, value]) => value !== undefined && value !== '').map(([name]) => name)
  return findUnknownVariables(given, Object.keys(SETTINGS))
}

/** NODE_ENV may hold several names with commas between them, as node-config has it. */
function environmentsIn (text: string): string[] {
  return text.split(/[\s,;"']+/).filter(Boolean)
}
