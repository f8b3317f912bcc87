import { SEED_APPLICATION_MEMBERS, SEED_GROUP_MEMBERS, SEED_MEMBERS, SEED_USER_MEMBERS } from '../index.js'
import type { SeedMember } from '../index.js'

const COLUMNS = 120
const INDENT = 4

export const HELP = `Usage: local-okta [options]

Runs an Okta org in memory, without an account: an authorization server, the management API, users, groups and apps.

It listens on 127.0.0.1, does not start with NODE_ENV=production, and loses everything when Ctrl+C stops it. It prints its
issuer, users with their passwords, clients, an API token, and lines to paste; with --json one line when it is ready.

Options:
  --port PORT   Where to listen; 0 for any free port. Default: LOCAL_OKTA_PORT, or 4000.
  --host HOST   An address or a name of this machine: where to listen, the host of every issuer, and a Host at which
                requests are served, beside the loopback's own. For containers: the name of the service, or 0.0.0.0 for
                every interface, with localhost in the issuers. Refused outside the loopback and private networks.
                Default: LOCAL_OKTA_HOST, or 127.0.0.1.
  --allow-public  Allow a --host outside private networks. Everybody there can sign in as anybody.
  --seed FILE   What the org starts with, as JSON or JSON5. Members that are left out are those of the shipped seed.
  --print-seed  Print the seed as JSON, and exit: the shipped one, or with --seed the one that the org would start with.
  --json        Print the result, or the error on the standard error, as one JSON object.
  -h, --help    Show this help.

Environment:
  LOCAL_OKTA_API_TOKEN  The API token of the org: 20 to 200 letters, digits, _ and -. Default: a new one at each start.
  LOCAL_OKTA_PORT, LOCAL_OKTA_HOST  For --port and --host.

Members of a seed. Those with * are required, the others may be left out.

${describe('The seed', SEED_MEMBERS)}
${describe('Each of users', SEED_USER_MEMBERS)}
${describe('Each of groups', SEED_GROUP_MEMBERS)}
${describe('Each of applications', SEED_APPLICATION_MEMBERS)}
Exit codes: 0 done, 1 failed, 2 usage error.`

function describe (title: string, members: Readonly<Record<string, SeedMember>>): string {
  const width = Math.max(...Object.keys(members).map((name) => name.length)) + INDENT
  const lines = Object.entries(members).map(([name, { type, description, isRequired }]) => {
    const words = `${description.replaceAll('`', '')} (${type.replaceAll("'", '')})`.split(' ')
    return `  ${`${name}${isRequired ? ' *' : ''}`.padEnd(width)}${wrap(words, width + 2)}`
  })
  return [`${title}:`, ...lines, ''].join('\n')
}

function wrap (words: readonly string[], indent: number): string {
  const lines = ['']
  for (const word of words) {
    const line = `${lines.at(-1) ?? ''}${lines.at(-1) === '' ? '' : ' '}${word}`
    if (indent + line.length <= COLUMNS) lines[lines.length - 1] = line
    else lines.push(word)
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
