import { defineCommand, type OptionTable } from '../command.js'
import { EXIT } from '../exit.js'

/** Which setting each option is another way to give. */
const SETTINGS = {
  port: 'PORT',
  host: 'HOST',
  issuer: 'OKTA_OAUTH2_ISSUER',
  audience: 'OKTA_OAUTH2_AUDIENCE',
  group: 'GREETING_GROUP',
  'time-zone': 'GREETING_TIME_ZONE',
  'log-level': 'LOG_LEVEL',
  'local-okta-port': 'LOCAL_OKTA_PORT'
} as const

const options = {
  port: { type: 'string', value: 'PORT', help: 'Where to listen; 0 takes any port that is free. Default: PORT, or 3000.' },
  host: { type: 'string', value: 'ADDRESS', help: 'Default: HOST, or 127.0.0.1.' },
  issuer: { type: 'string', value: 'URL', help: 'The authorization server whose tokens are taken. Default: OKTA_OAUTH2_ISSUER; with no OKTA_ setting at all, a local Okta is brought up.' },
  audience: { type: 'string', value: 'AUDIENCE', help: 'What tokens must be meant for. Default: OKTA_OAUTH2_AUDIENCE, or api://default.' },
  group: { type: 'string', value: 'GROUP', help: 'Who is greeted: the name or the id of a group. Default: GREETING_GROUP, or "Fastify Okta".' },
  'time-zone': { type: 'string', value: 'ZONE', help: 'For callers of whom none is known. Default: GREETING_TIME_ZONE, or the machine\'s.' },
  'log-level': { type: 'string', value: 'LEVEL', help: 'Default: LOG_LEVEL, or info.' },
  'local-okta-port': { type: 'string', value: 'PORT', help: 'Where the local Okta listens, if it is brought up. Default: LOCAL_OKTA_PORT, or 4000.' }
} as const satisfies OptionTable

export default defineCommand({
  summary: 'Runs the greeting service, with a local Okta where none is configured.',
  usage: '[options]',
  description: `
It is what npm start runs, with the same settings from the environment and from NODE_CONFIG_DIR; an option goes over its
setting. What is secret, such as OKTA_CLIENT_TOKEN, is a setting only. Ctrl+C stops it when requests under way are answered.

  fastify-okta serve --port 8080
  OKTA_OAUTH2_ISSUER=https://dev-1.okta.com/oauth2/default fastify-okta serve --group Greeters`,
  options,
  async run ({ options, terminal }) {
    const given = new Map<string, string>()
    for (const [option, setting] of Object.entries(SETTINGS)) {
      const value = options[option as keyof typeof SETTINGS]
      if (value === undefined) continue
      process.env[setting] = value
      given.set(setting, `--${option}`)
    }
    await checkSettings(given)
    // The log goes to the standard output meanwhile, so that this line is a whole one.
    const notice = setTimeout(() => { if (process.stderr.isTTY) terminal.note('Starting …') }, 1000)
    await import('greeting/INTERNAL/server.js').finally(() => { clearTimeout(notice) })
    return EXIT.ok
  }
})

/** The server would say what is wrong too, but knows settings only, not options. */
async function checkSettings (given: ReadonlyMap<string, string>): Promise<void> {
  const [{ readSettings }, { SettingsError }, { nameSettingFaults }] = await Promise.all([
    import('greeting/INTERNAL/settings/config.js'), import('greeting/INTERNAL/settings/settings.js'), import('../configuration.js')
  ])
  try {
    readSettings()
  } catch (error) {
    throw error instanceof SettingsError ? nameSettingFaults(error, given) : error
  }
}
