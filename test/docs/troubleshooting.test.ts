import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as plugin from 'fastify-okta'
import { CHECK_IDS } from '#fastify-okta/cli/doctor/check.js'
import * as serviceErrors from '#greeting/errors.js'
import { codeOf } from './codes.js'

const PAGE = readFileSync('docs/troubleshooting.md', 'utf8')
const ANCHORS = [...PAGE.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id)

const REASONS = {
  token: plugin.INVALID_TOKEN_REASONS,
  proof: plugin.INVALID_DPOP_PROOF_REASONS,
  group: plugin.GROUP_REQUIRED_REASONS,
  directory: plugin.DIRECTORY_UNAVAILABLE_REASONS,
  message: plugin.INVALID_MESSAGE_REASONS,
  replay: ['unavailable', 'too_many_proofs'] satisfies plugin.DpopReplayStoreReason[],
  scope: [new plugin.InsufficientScopeError('a').reason],
  user: [new plugin.UserInactiveError().reason]
} as const

/** Lines whose words are made elsewhere than beside the call that logs them. */
const MADE_ELSEWHERE = [
  'does not exist in the directory, so nobody is in it', 's ahead of the issuer\'s', 's behind the issuer\'s', 'Okta refuses', 'Okta does not let',
  'not ready: '
]

t.test('each reason has an anchor, and no anchor is for a reason that does not exist', async (t) => {
  for (const [kind, reasons] of Object.entries(REASONS)) {
    t.same(ANCHORS.filter((id) => id.startsWith(`${kind}-`)).sort(), reasons.map((reason) => `${kind}-${reason}`).sort(), kind)
  }
  t.same(ANCHORS.length, new Set(ANCHORS).size, 'each anchor is there once')
})

t.test('each check of doctor has an anchor', async (t) => {
  t.same(ANCHORS.filter((id) => id.startsWith('check-')), [...CHECK_IDS, 'settings'].map((id) => `check-${id}`))
})

t.test('each code has an anchor', async (t) => {
  const codes = Object.values({ ...plugin, ...serviceErrors }).flatMap(codeOf)

  t.ok(codes.length > 10)
  t.same(ANCHORS.filter((id) => id.startsWith('FST_')).sort(), [...new Set(codes)].sort())
})

t.test('each warning and error of the log is explained', async (t) => {
  const messages = [...sources('src/fastify-okta'), ...sources('src/greeting')].flatMap(warningsOf)

  t.ok(messages.length > 10)
  for (const message of [...messages, ...MADE_ELSEWHERE]) t.ok(PAGE.includes(message), message)
})

t.test('links within the page lead to an anchor or a heading', async (t) => {
  const headings = [...PAGE.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'))
  for (const [, id = ''] of PAGE.matchAll(/\]\(#([^)]+)\)/g)) t.ok(ANCHORS.includes(id) || headings.includes(id), id)
})

function sources (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(?:^|\/)(?:dist|node_modules|browser|cli)\//.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** The fixed words of what is logged at `warn` or `error`, up to a colon or a value in them. */
function warningsOf (source: string): string[] {
  const strings = [...source.matchAll(/(?:log|app)\.(?:warn|error)\((.+)\)/g)].map(([, parameters = '']) => /['`]((?:[^'`\\]|\\.)*)['`]\)?(?: \})?$/.exec(parameters)?.[1] ?? '')
  return strings
    .map((text) => text.split('${').map((part) => part.replace(/^[^}]*\}/, '').trim()).filter((part) => part.length > 8)[0]?.split(': ')[0] ?? '')
    .filter((words) => words !== '' && words !== 'request failed')
}
