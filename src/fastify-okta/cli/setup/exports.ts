import type { AuthorizationServer } from './plan.js'
import type { Target } from './step.js'

interface ExportOptions {
  readonly target: Target
  readonly server: AuthorizationServer
  readonly clientId: string
  readonly apiToken: string
  /** `undefined` if there is no event hook, or only Okta knows its secret. */
  readonly eventHookSecret: string | undefined
  readonly environment: NodeJS.ProcessEnv
}

/** The variables that the service needs, the API token and the secret of the event hook among them. */
export function makeExports ({ target, server, clientId, apiToken, eventHookSecret, environment }: ExportOptions): Record<string, string> {
  const { orgUrl, publicUrl, group } = target
  const listening = ['HOST', 'PORT'].flatMap((name) => environment[name] ? [[name, environment[name]]] : [])
  return {
    OKTA_OAUTH2_ISSUER: server.issuer,
    OKTA_OAUTH2_AUDIENCE: server.audience,
    OKTA_OAUTH2_CLIENTID: clientId,
    ...(new URL(server.issuer).origin === orgUrl ? {} : { OKTA_CLIENT_ORGURL: orgUrl }),
    OKTA_CLIENT_TOKEN: apiToken,
    ...(eventHookSecret === undefined ? {} : { OKTA_EVENT_HOOK_SECRET: eventHookSecret }),
    GREETING_GROUP: group,
    PUBLIC_URL: publicUrl,
    ...Object.fromEntries(listening) as Record<string, string>
  }
}

/**
 * `export` lines for a POSIX shell.
 *
 * @param isTokenInShell whether the shell has the API token already: then it is not shown
 */
export function describeExports (exported: Readonly<Record<string, string>>, isTokenInShell: boolean): string {
  return Object.entries(exported).map(([name, value]) =>
    name === 'OKTA_CLIENT_TOKEN' && isTokenInShell ? `export ${name}="$${name}"` : `export ${name}='${value.replaceAll("'", "'\\''")}'`).join('\n')
}
