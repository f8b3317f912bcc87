import { defineCommand } from '../command.js'
import { EXIT } from '../exit.js'

export default defineCommand({
  summary: 'Checks the settings of the greeting service against the org.',
  usage: '[options]',
  description: `
Reads the settings from the environment, by the names that the service uses, and checks them: issuer, keys, clock, audience,
access policy, scopes, the page's app, the directory, the group, the event hook, Redis and the public URL. For each it says
what it saw, why that matters, and how to correct it.

It calls only what the service may call, with the service's own credentials, and changes nothing. What these may not read is
"skipped", with the reason. Exit code 1: a check failed.

  fastify-okta doctor
  npm start -- --check      the same, with the service's files of settings as well`,
  options: {},
  async run ({ terminal }) {
    const [{ readServiceSettings }, { examine }, { describeReport }] = await Promise.all([
      import('../settings/service-settings.js'), import('../doctor/examination.js'), import('../doctor/report.js')
    ])
    const report = await examine(readServiceSettings(), async (id, running) => await terminal.progress(`Checking ${id}`, running))
    terminal.result(describeReport(report, terminal), report)
    return report.ok ? EXIT.ok : EXIT.failed
  }
})
