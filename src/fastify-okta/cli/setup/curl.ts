import { printable } from '../printable.js'
import type { Ids, PlanContext, Step } from './step.js'

const VARIABLES: Readonly<Record<keyof Ids, string>> = {
  serverId: 'SERVER_ID', groupId: 'GROUP_ID', appId: 'APP_ID', policyId: 'POLICY_ID', hookId: 'HOOK_ID', eventHookSecret: 'OKTA_EVENT_HOOK_SECRET'
}
/** Stands for a variable until the text around it is quoted. No name that Okta accepts has it. */
const MARK = '\u0000'
const READ_ID = 'node -pe \'JSON.parse(require("fs").readFileSync(0)).id\''

/**
 * The same changes as curl commands for a POSIX shell. They read the API token from `OKTA_CLIENT_TOKEN`, and stop at the
 * first that fails.
 */
export function describeAsCurl (steps: readonly Step[], { known, target }: PlanContext): string {
  const ids = Object.fromEntries(Object.entries(VARIABLES).map(([name, variable]) =>
    [name, name === 'eventHookSecret' ? undefined : known[name as keyof Ids] ?? `${MARK}${variable}${MARK}`])) as Record<keyof Ids, string>
  ids.eventHookSecret = `${MARK}${VARIABLES.eventHookSecret}${MARK}`
  const changes = steps.filter(({ requests }) => requests.length > 0)
  const usesSecret = changes.some(({ id }) => id === 'eventhook')
  return [
    'set -eu',
    // eslint-disable-next-line no-template-curly-in-string -- it is the shell's
    ...(usesSecret ? ['export OKTA_EVENT_HOOK_SECRET="${OKTA_EVENT_HOOK_SECRET:-$(node -pe \'require("crypto").randomBytes(32).toString("base64url")\')}"'] : []),
    ...changes.flatMap(({ what, requests }) => ['', `# ${printable(what)}`, ...requests.map(({ method, build, stores }) => {
      const { path, body } = build(ids)
      return commandOf({ method, url: `${target.orgUrl}/api/v1${path}`, body, variable: stores === undefined ? undefined : VARIABLES[stores] })
    })])
  ].join('\n')
}

function commandOf ({ method, url, body, variable }: { readonly method: string, readonly url: string, readonly body: unknown, readonly variable: string | undefined }): string {
  const parts = ['curl -fsS', `-X ${method}`, '-H "Authorization: SSWS $OKTA_CLIENT_TOKEN"', '-H \'Accept: application/json\'']
  if (body !== undefined) parts.push('-H \'Content-Type: application/json\'', `-d ${quote(JSON.stringify(body))}`)
  const command = [...parts, quote(url)].join(' ')
  return variable === undefined ? `${command} > /dev/null` : `${variable}=$(${command} | ${READ_ID})`
}

/** In single quotes, except for the variables. JSON writes the mark as an escape. */
function quote (text: string): string {
  const quoted = `'${text.replaceAll('\\u0000', MARK).replaceAll("'", "'\\''")}'`
  return quoted.replace(new RegExp(`${MARK}([A-Z_]+)${MARK}`, 'g'), '\'"$$$1"\'')
}
