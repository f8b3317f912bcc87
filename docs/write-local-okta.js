// Writes the tables of docs/local-okta.md from the built local Okta; with --check says whether they are up to date, and
// writes nothing.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SEED_APPLICATION_MEMBERS, SEED_GROUP_MEMBERS, SEED_MEMBERS, SEED_USER_MEMBERS } from '../src/local-okta/dist/index.js'
import { readDescription, withoutNames } from '../src/local-okta/dist/description/description.js'
import { RESOURCES } from '../src/local-okta/dist/resources/index.js'

const PAGE = resolve(import.meta.dirname, 'local-okta.md')
/** Why what is out is out, by the beginning of its path. The first that fits counts. */
const REASONS = [
  [/^\/(agentPools|directories|devices|identity-sources|dr)/, 'needs agents, devices or a system outside of the org'],
  [/^\/(webauthn-registration|ssf|security)/, 'needs a system outside of the org'],
  [/\{appName\}|^\/orgs/, 'integrations with other products'],
  [/well-known/, 'files of other platforms'],
  [/factors/, 'needs a device'],
  [/governance/, 'needs Okta Identity Governance'],
  [/oktaSupport/, 'there are no support cases']
]
/** Served, and outside of the Management API's prefix. */
const SERVED_OUTSIDE = ['getWellknownSsfMetadata', 'getWellknownOrgMetadata', 'getWellKnownAppAuthenticatorConfiguration']

const text = await readFile(PAGE, 'utf8')
const page = replace(replace(text, 'seed', seedTables()), 'operations', operationTable())
if (!process.argv.includes('--check')) {
  await writeFile(PAGE, page)
} else if (page !== text) {
  console.error('docs/local-okta.md is out of date: node docs/write-local-okta.js')
  process.exitCode = 1
}

// what stands between the markers of this name
function replace (markdown, name, content) {
  const [begin, end] = [`<!-- ${name}: written by docs/write-local-okta.js -->`, `<!-- end of ${name} -->`]
  const from = markdown.indexOf(begin)
  const to = markdown.indexOf(end)
  if (from === -1 || to === -1) throw new Error(`docs/local-okta.md has no ${begin}`)
  return `${markdown.slice(0, from + begin.length)}\n\n${content}\n\n${markdown.slice(to)}`
}

function seedTables () {
  const tables = [['The seed', SEED_MEMBERS], ['Each of `users`', SEED_USER_MEMBERS], ['Each of `groups`', SEED_GROUP_MEMBERS], ['Each of `applications`', SEED_APPLICATION_MEMBERS]]
  return tables.map(([title, members]) => [`**${title}**`, '', '| member | type | required | |', '| --- | --- | --- | --- |',
    ...Object.entries(members).map(([name, { type, isRequired, description }]) =>
      `| \`${name}\` | \`${type.replaceAll('|', '\\|')}\` | ${isRequired ? 'yes' : ''} | ${description.replaceAll('|', '\\|')} |`)].join('\n')).join('\n\n')
}

function operationTable () {
  const served = new Set(RESOURCES.flatMap(({ routes }) => routes.map(({ method, path }) => `${method} ${withoutNames(path)}`)))
  const { operations } = readDescription()
  const isServed = ({ id, method, path }) => SERVED_OUTSIDE.includes(id) || served.has(`${method} ${withoutNames(path)}`)
  const count = operations.filter(isServed).length
  return [`${count} of ${operations.length} operations are served.`, '', '| `operationId` | request | |', '| --- | --- | --- |',
    ...operations.map((operation) => `| \`${operation.id}\` | \`${operation.method} ${operation.isOutside ? '' : '/api/v1'}${operation.path}\` | ${isServed(operation) ? 'served' : `out: ${reasonFor(operation)}`} |`)].join('\n')
}

function reasonFor ({ path }) {
  return REASONS.find(([pattern]) => pattern.test(path))?.[1] ?? 'not built yet'
}
