import { isIP } from 'node:net'
import type { DirectoryCredentials } from '../../okta/directory/api-credentials.js'
import { isLoopback } from '../../options/urls.js'
import type { SettingIssue, SettingStrings } from './service-settings.js'
import { SETTINGS, withLineBreaks, type SettingName } from './definitions.js'

interface SettingsOrigin {
  readonly isOktaConfigured: boolean
  /** `NODE_ENV`, which may hold several names with commas between them. */
  readonly nodeEnvironment: string
}

/** Settings that are valid each, and with which the service does not start together. */
export function findConflicts (given: SettingStrings, { isOktaConfigured, nodeEnvironment }: SettingsOrigin): SettingIssue[] {
  const isProduction = nodeEnvironment.split(/[\s,;"']+/).some((name) => name.toLowerCase() === 'production')
  return [
    ...(isOktaConfigured && given.OKTA_OAUTH2_ISSUER === undefined ? [issue('OKTA_OAUTH2_ISSUER', 'is required if any other OKTA_ setting is given')] : []),
    ...(isProduction && !isOktaConfigured ? [issue('OKTA_OAUTH2_ISSUER', 'is required with NODE_ENV=production: the local Okta is for development')] : []),
    ...(isProduction ? (['OKTA_OAUTH2_ISSUER', 'OKTA_CLIENT_ORGURL'] as const).filter((name) => isOnLoopback(given[name])) : [])
      .map((name) => issue(name, 'must not be on the loopback with NODE_ENV=production')),
    ...findCredentialIssues(given),
    ...findMessageIssues(given),
    ...findPublicUrlIssues(given)
  ]
}

/** What the service authenticates with at Okta's API; `undefined` if it does not. */
export function credentialsOf (given: SettingStrings): DirectoryCredentials | undefined {
  const { OKTA_CLIENT_AUTHORIZATIONMODE: mode, OKTA_CLIENT_TOKEN: token, OKTA_CLIENT_CLIENTID: clientId, OKTA_CLIENT_SCOPES: scopes, OKTA_CLIENT_PRIVATEKEY: key } = given
  if (mode !== 'PrivateKey') return token === undefined ? undefined : { token }
  if (clientId === undefined || scopes === undefined || key === undefined) return undefined
  const privateKey = key.startsWith('{') ? JSON.parse(key) as Record<string, unknown> : withLineBreaks(key)
  return { clientId, scopes: scopes.split(/[\s,]+/).filter(Boolean), privateKey }
}

/** The origin that callers use: configured, or where the service listens, if that is on this machine. */
export function publicUrlOf ({ PUBLIC_URL: given, HOST: host = '127.0.0.1', PORT: port = '3000' }: SettingStrings): string | undefined {
  if (given !== undefined) return given
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const address = `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`
  return Number(port) !== 0 && isOnLoopback(address) ? new URL(address).origin : undefined
}

function findPublicUrlIssues (given: SettingStrings): SettingIssue[] {
  const needing = findNeedOfPublicUrl(given)
  if (needing === undefined || publicUrlOf(given) !== undefined) return []
  return [issue('PUBLIC_URL', `is required with ${needing} if HOST is not on the loopback or PORT is 0`)]
}

function findNeedOfPublicUrl (given: SettingStrings): string | undefined {
  if (given.OKTA_OAUTH2_CLIENTID !== undefined) return 'OKTA_OAUTH2_CLIENTID'
  if (given.OKTA_UNIVERSAL_LOGOUT_CLIENTID !== undefined) return 'OKTA_UNIVERSAL_LOGOUT_CLIENTID'
  return given.OKTA_DPOP === 'required' ? 'OKTA_DPOP=required' : undefined
}

/** A setting that would do nothing is hardly meant. */
function findMessageIssues (given: SettingStrings): SettingIssue[] {
  const { OKTA_SSF_AUDIENCE: audience, OKTA_SSF_AUTHORIZATION: authorization, OKTA_SYSTEM_LOG_POLL_SECONDS: pollSeconds } = given
  const hasDirectory = given.OKTA_CLIENT_TOKEN !== undefined || given.OKTA_CLIENT_AUTHORIZATIONMODE === 'PrivateKey'
  return [
    ...(authorization !== undefined && audience === undefined ? [issue('OKTA_SSF_AUDIENCE', 'is required with OKTA_SSF_AUTHORIZATION')] : []),
    ...(pollSeconds !== undefined && !hasDirectory ? [issue('OKTA_CLIENT_TOKEN', 'is required with OKTA_SYSTEM_LOG_POLL_SECONDS')] : [])
  ]
}

function findCredentialIssues (given: SettingStrings): SettingIssue[] {
  const mode = given.OKTA_CLIENT_AUTHORIZATIONMODE
  if (mode === 'PrivateKey') {
    return (['OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_PRIVATEKEY'] as const)
      .filter((name) => given[name] === undefined)
      .map((name) => issue(name, 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey'))
  }
  if (given.OKTA_CLIENT_TOKEN !== undefined) return []
  if (mode === 'SSWS') return [issue('OKTA_CLIENT_TOKEN', 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=SSWS')]
  return given.OKTA_CLIENT_PRIVATEKEY === undefined ? [] : [issue('OKTA_CLIENT_AUTHORIZATIONMODE', 'must be PrivateKey for OKTA_CLIENT_PRIVATEKEY to be used')]
}

function issue (name: SettingName, message: string): SettingIssue {
  return { name, check: SETTINGS[name].check, message }
}

function isOnLoopback (url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && isLoopback(new URL(url))
}
