import { CommandFailure } from '../exit.js'
import { readServiceSettings } from '../settings/service-settings.js'
import type { Target } from './step.js'

/** Settings that setup does not need: it makes them. */
const MADE_BY_SETUP = new Set(['OKTA_OAUTH2_ISSUER', 'OKTA_CLIENT_TOKEN', 'OKTA_CLIENT_AUTHORIZATIONMODE'])

/**
 * What the org is to be made ready for, from the variables of the service: `OKTA_OAUTH2_ISSUER`, or `OKTA_CLIENT_ORGURL` for
 * the org's `default` authorization server.
 *
 * @throws {CommandFailure} naming the settings that are missing or wrong
 */
export function readTarget ({ appLabel, replacesSecret, environment = process.env }: { appLabel: string, replacesSecret: boolean, environment?: NodeJS.ProcessEnv }): Target {
  const { issues, issuer, orgUrl, publicUrl, group, clientId, eventHookSecret, isOktaConfigured } = readServiceSettings(environment)
  const wrong = issues.filter(({ name }) => !MADE_BY_SETUP.has(name) || (environment[name] ?? '') !== '')
  if (wrong.length > 0) throw new CommandFailure(wrong.map(({ name, message }) => `${name} ${message}`).join('; '), { code: 'settings' })
  if (orgUrl === undefined || (!isOktaConfigured && environment['LOCAL_OKTA_PORT'] === undefined)) {
    throw new CommandFailure('OKTA_CLIENT_ORGURL is required: the address of the org', { code: 'settings', hint: 'or OKTA_OAUTH2_ISSUER, for an authorization server other than "default"' })
  }
  if (publicUrl === undefined) throw new CommandFailure('PUBLIC_URL is required if HOST is not on the loopback or PORT is 0', { code: 'settings' })
  return {
    serverName: issuer === undefined ? 'default' : new URL(issuer).pathname.split('/').at(-1) ?? 'default',
    issuer,
    orgUrl: new URL(orgUrl).origin,
    publicUrl,
    group,
    appLabel,
    clientId,
    eventHookSecret,
    replacesSecret
  }
}
