import { defineCommand } from '../command.js'
import { UsageError } from '../exit.js'

export default defineCommand({
  summary: 'Makes an org ready for the greeting service.',
  usage: '[options]',
  description: `
Compares the org with what the service needs: a group, a single-page app with its redirect URIs, the group assigned to it
and Everyone not, the scope profile:write, an access policy with a rule, a trusted origin, and an event hook. Without
--apply it only prints the plan. It removes nothing but the assignment of Everyone, which the plan names. A run that was
interrupted is finished by the next one.

The org: OKTA_OAUTH2_ISSUER, or OKTA_CLIENT_ORGURL for its "default" authorization server. The API token of an
administrator: OKTA_CLIENT_TOKEN, or the standard input. PUBLIC_URL, GREETING_GROUP and OKTA_OAUTH2_CLIENTID (an app that
exists) as for the service.

At the end, the standard output has the export lines that the service needs, secrets among them, and doctor checks them.

  OKTA_CLIENT_ORGURL=https://dev-1.okta.com fastify-okta setup
  eval "$(fastify-okta setup --apply)" && npm start`,
  options: {
    apply: { type: 'boolean', help: 'Carry out the plan.' },
    curl: { type: 'boolean', help: 'Print the plan as curl commands for a POSIX shell.' },
    terraform: { type: 'boolean', help: 'Print a configuration of the Okta provider. Needs no API token.' },
    'app-name': { type: 'string', value: 'NAME', help: 'The name of the app. Default: "Fastify Okta greeting".' },
    'new-secret': { type: 'boolean', help: 'Replace the secret of an event hook that exists, by OKTA_EVENT_HOOK_SECRET or a new one.' }
  },
  async run ({ options, terminal }) {
    const { apply, curl, terraform } = options
    if ([apply, curl, terraform].filter(Boolean).length > 1) throw new UsageError('--apply, --curl and --terraform exclude each other: choose one')
    const { runSetup } = await import('../setup/setup.js')
    return await runSetup({
      output: apply ? 'apply' : curl ? 'curl' : terraform ? 'terraform' : 'plan',
      appLabel: options['app-name'],
      replacesSecret: options['new-secret']
    }, terminal)
  }
})
