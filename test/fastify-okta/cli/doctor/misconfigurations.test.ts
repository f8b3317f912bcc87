import t from 'tap'
import { CHECK_IDS, type CheckResult } from '#fastify-okta/cli/doctor/check.js'
import { runHere } from '../run.js'
import { MISCONFIGURATIONS } from './misconfigurations.js'
import { startReadyOrg } from './org.js'

// On a busy machine each takes its time.
t.setTimeout(300_000)

const ready = await startReadyOrg(t)

t.test('in an org that is ready, nothing is broken, and there is nothing to look at', async (t) => {
  const { code, checks } = await examine({})

  t.equal(code, 0)
  t.same(checks.map(({ id }) => id), CHECK_IDS)
  t.same(checks.filter(({ status }) => status !== 'ok' && status !== 'skipped'), [])
})

for (const [title, { change, settings, check, status = 'fail', seen }] of Object.entries(MISCONFIGURATIONS)) {
  t.test(`${title}: ${check} says so, and no other check fails`, async (t) => {
    await ready.restore()
    await change?.(ready)
    const { code, checks } = await examine(settings?.(ready) ?? {})

    const named = checks.find(({ id }) => id === check)
    t.match(named, { status, seen, why: /\w/, fix: /\w/ })
    t.same(checks.filter((other) => other.status === 'fail' && other.id !== check).map(({ id }) => id), [])
    t.equal(code, status === 'fail' ? 1 : 0)
  })
}

async function examine (settings: Record<string, string>): Promise<{ code: number | null, checks: CheckResult[] }> {
  const { code, stdout } = await runHere(['doctor', '--json'], { ...ready.settings, ...settings })
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean, checks: CheckResult[] }
  if (ok !== (code === 0)) throw new Error('the exit code says something else than the report')
  return { code, checks }
}
