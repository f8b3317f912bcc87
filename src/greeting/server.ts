import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { LocalOkta } from 'local-okta'
import { buildApp } from './app.js'
import type { AppSettings } from './settings/app-settings.js'
import { readEnvironment, readSettings, readUnknownVariables } from './settings/config.js'
import { createBanner } from './start/banner.js'
import { checkAgainstOrg } from './start/check.js'
import { stopWithGrace } from './graceful-stop.js'
import { bringUpLocalOkta, deliverEvents, settingsOf } from './start/local-okta.js'
import type { Settings } from './settings/settings.js'
import { describeSettings } from './start/start-report.js'
import { describeStartupError, toStartupError } from './start/startup-error.js'

let app: FastifyInstance | undefined
let localOkta: LocalOkta | undefined

stopWithGrace({
  async stop () {
    await app?.close()
    // Last, since requests under way may need it.
    await localOkta?.stop()
  },
  onUncaught (err) {
    if (app === undefined) console.error(describeStartupError(err))
    else app.log.fatal({ err }, 'stopping: an error was not caught')
  }
})

const CHECK = '--check'

try {
  if (process.argv.includes(CHECK)) process.exit(await check())
  await start(readSettings())
} catch (error) {
  console.error(describeStartupError(error))
  process.exit(1)
}

/** Starts nothing but the local Okta, if the settings name no org. Returns the exit code. */
async function check (): Promise<number> {
  const environment = readEnvironment()
  const isOktaConfigured = Object.entries(environment).some(([name, value]) => name.startsWith('OKTA_') && value !== '')
  if (!isOktaConfigured) localOkta = await bringUpLocalOkta(readSettings())
  return await checkAgainstOrg({ environment, localOkta, args: process.argv.slice(2).filter((argument) => argument !== CHECK) })
}

async function start (settings: Settings): Promise<void> {
  const { host, port, greeting: { group } } = settings
  if (settings.okta === null) localOkta = await bringUpLocalOkta(settings)
  const local = localOkta === undefined ? null : settingsOf(localOkta, settings.publicUrl)
  const appSettings = { ...settings, ...local } as AppSettings
  app = await buildApp(appSettings)
  await app.listen({ host, port }).catch((error: unknown) => { throw toStartupError('PORT', error) })
  report(app.log, appSettings)
  if (localOkta === undefined || local === null) return
  const origin = pasteableOrigin(app)
  await deliverEvents(localOkta, { ...local, origin, publicUrl: settings.publicUrl, log: app.log })
  const { DEVELOPMENT_PASSWORD: password } = await import('local-okta')
  console.log(await createBanner({ localOkta, origin, page: settings.publicUrl, group, password }))
}

/** Says what is in force, and which environment variables are not settings although they look so. */
function report (log: FastifyBaseLogger, settings: AppSettings): void {
  log.info(describeSettings(settings), 'these settings are in force')
  for (const { name, suggestion } of readUnknownVariables()) {
    log.warn({ variable: name, suggestion }, `${name} is not a setting and is ignored${suggestion === null ? '' : `: did you mean ${suggestion}?`}`)
  }
}

/** Not every program can connect to the address that stands for all addresses. */
function pasteableOrigin ({ listeningOrigin }: FastifyInstance): string {
  return listeningOrigin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
