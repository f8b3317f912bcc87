import type { ServiceSettings } from '../settings/service-settings.js'
import { CannotCheck, fail, skipped, type Check, type CheckId, type CheckResult, type DoctorContext, type Finding } from './check.js'
import { CHECKS } from './checks/index.js'
import { Issuer } from './issuer.js'
import { Org } from './org.js'

/** The whole report. */
export interface DoctorReport {
  /** False if a check failed. */
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
}

const SETTINGS_WHY = 'The service does not start with a setting that breaks its rule.'

/**
 * Runs all checks, each once, those that it needs before it.
 *
 * @param onCheck called with the id of each check before it runs
 */
export async function examine (settings: ServiceSettings, onCheck: (id: CheckId, running: Promise<CheckResult>) => Promise<CheckResult>): Promise<DoctorReport> {
  const examination = new Examination({ settings, issuer: new Issuer(settings.issuer ?? ''), org: new Org(settings) })
  const checks: CheckResult[] = []
  for (const { id } of CHECKS) checks.push(await onCheck(id, examination.result(id)))
  checks.push(...reportOtherSettings(settings))
  return { ok: checks.every(({ status }) => status !== 'fail'), checks }
}

class Examination {
  readonly #context: DoctorContext
  readonly #results = new Map<CheckId, Promise<CheckResult>>()

  constructor (context: DoctorContext) {
    this.#context = context
  }

  async result (id: CheckId): Promise<CheckResult> {
    const known = this.#results.get(id) ?? this.#examine(CHECKS.find((check) => check.id === id) as Check)
    this.#results.set(id, known)
    return await known
  }

  async #examine (check: Check): Promise<CheckResult> {
    const { id, why } = check
    return { id, ...addMisnamed(await this.#find(check), id, this.#context.settings), why }
  }

  async #find (check: Check): Promise<Finding> {
    const broken = describeIssues(this.#context.settings, check.id)
    if (broken !== undefined) return broken
    for (const needed of check.needs ?? []) {
      const { status, seen } = await this.result(needed)
      if (status === 'skipped') return skipped(seen)
      if (status === 'fail') return skipped(`see ${needed}`)
    }
    try {
      return await check.run(this.#context)
    } catch (error) {
      if (error instanceof CannotCheck) return skipped(error.message)
      throw error
    }
  }
}

function describeIssues ({ issues }: ServiceSettings, id: CheckResult['id']): Finding | undefined {
  const own = issues.filter(({ check }) => check === id)
  if (own.length === 0) return undefined
  return fail(own.map(({ name, message }) => `${name} ${message}`).join('; '), `correct ${own.map(({ name }) => name).join(' and ')}: the service does not start`)
}

/** A variable that the service ignores is as bad as a missing setting if nothing else sets what it was meant to. */
function addMisnamed (finding: Finding, id: CheckResult['id'], { misnamed }: ServiceSettings): Finding {
  const own = misnamed.filter(({ check }) => check === id)
  if (own.length === 0) return finding
  const seen = own.map(({ name }) => `${name} is not a setting and is ignored`).join('; ')
  const isMissing = own.some(({ isSuggestionSet }) => !isSuggestionSet)
  return {
    status: isMissing || finding.status === 'fail' ? 'fail' : 'warn',
    seen: finding.status === 'fail' || finding.status === 'warn' ? `${seen}; ${finding.seen}` : seen,
    fix: [...own.map(({ name, suggestion }) => `did you mean ${suggestion}? Rename ${name}`), finding.fix].filter(Boolean).join('; ')
  }
}

/** Settings that no check is about; reported only if something is wrong with one. */
function reportOtherSettings (settings: ServiceSettings): CheckResult[] {
  const broken = describeIssues(settings, 'settings')
  const found = addMisnamed(broken ?? skipped(''), 'settings', settings)
  return found.status === 'skipped' ? [] : [{ id: 'settings', ...found, why: SETTINGS_WHY }]
}
