import { randomBytes } from 'node:crypto'
import { findApiTokenIssue } from '../../options/credentials.js'
import { DirectoryFailure } from '../../okta/directory/directory-failure.js'
import { examine } from '../doctor/examination.js'
import { describeReport } from '../doctor/report.js'
import { CommandFailure, EXIT } from '../exit.js'
import { describeAnswer, ManagementApi } from '../management-api.js'
import { readServiceSettings } from '../settings/service-settings.js'
import { readSecret } from '../standard-input.js'
import type { Terminal } from '../terminal.js'
import { applyPlan, verifyEventHook } from './apply.js'
import { describeAsCurl } from './curl.js'
import { describeExports, makeExports } from './exports.js'
import { APP_LABEL } from './names.js'
import { makePlan, type Plan } from './plan.js'
import { describeFurtherSteps, describePlan, stepFacts } from './report.js'
import type { PlanContext } from './step.js'
import { readTarget } from './target.js'
import { describeAsTerraform } from './terraform.js'

interface SetupOptions {
  readonly output: 'plan' | 'apply' | 'curl' | 'terraform'
  readonly appLabel: string | undefined
  readonly replacesSecret: boolean
}

/** Runs `fastify-okta setup`. @throws {CommandFailure} */
export async function runSetup ({ output, appLabel = APP_LABEL, replacesSecret }: SetupOptions, terminal: Terminal): Promise<number> {
  const target = readTarget({ appLabel, replacesSecret })
  if (output === 'terraform') {
    const terraform = describeAsTerraform(target)
    terminal.result(terraform, { terraform })
    return EXIT.ok
  }
  const apiToken = await readApiToken()
  const context: PlanContext = { api: new ManagementApi({ orgUrl: target.orgUrl, credentials: { token: apiToken } }), target, known: {} }
  const plan = await terminal.progress(`Reading ${target.orgUrl}`, makePlan(context)).catch((error: unknown) => { throw toFailure(error, target.orgUrl) })
  if (output === 'curl') {
    const curl = describeAsCurl(plan.steps, context)
    terminal.result(curl, { steps: stepFacts(plan), curl })
  } else if (output === 'plan') {
    terminal.result(describePlan(plan, terminal), { steps: stepFacts(plan) })
  } else {
    await apply(plan, context, { apiToken, terminal })
  }
  return EXIT.ok
}

async function apply (plan: Plan, context: PlanContext, { apiToken, terminal }: { readonly apiToken: string, readonly terminal: Terminal }): Promise<void> {
  const { target, known } = context
  const isSecretKnown = target.eventHookSecret !== undefined || target.replacesSecret || plan.steps.some(({ id, action }) => id === 'eventhook' && action === 'create')
  known.eventHookSecret = target.eventHookSecret ?? randomBytes(32).toString('base64url')
  await applyPlan(plan.steps, context, ({ id, what }) => { terminal.note(`${terminal.style('green', id.padEnd(10))} ${what}`) })
  const isVerified = await verifyEventHook(context)
  const exported = makeExports({
    target, server: plan.server, apiToken, clientId: known.appId ?? '', environment: process.env, eventHookSecret: isSecretKnown && known.hookId !== undefined ? known.eventHookSecret : undefined
  })
  const settings = readServiceSettings({ ...process.env, ...exported })
  const report = await examine(settings, async (id, running) => await terminal.progress(`Checking ${id}`, running))
  terminal.note(`\n${describeFurtherSteps({ plan, target, isVerified, isSecretKnown })}\n\n${describeReport(report, terminal)}\n\nFor the service:\n`)
  terminal.result(describeExports(exported, process.env['OKTA_CLIENT_TOKEN']?.trim() === apiToken), { steps: stepFacts(plan), exports: exported, doctor: report })
}

/** From the environment, else from the standard input; never from an argument, which `ps` shows. */
async function readApiToken (): Promise<string> {
  const token = process.env['OKTA_CLIENT_TOKEN']?.trim() || await readSecret({ question: 'API token of an administrator: ' })
  if (token === '') throw new CommandFailure('an API token is required: in OKTA_CLIENT_TOKEN, or on the standard input', { code: 'no_token', hint: 'Admin Console: Security > API > Tokens > Create token' })
  const issue = findApiTokenIssue(token)
  if (issue !== null) throw new CommandFailure(`the API token ${issue}`, { code: 'no_token' })
  return token
}

function toFailure (error: unknown, orgUrl: string): unknown {
  if (!(error instanceof DirectoryFailure)) return error
  const answer = describeAnswer(error)
  if (error.status === 401) return new CommandFailure(`${orgUrl} refuses the API token (${answer})`, { code: 'refused', hint: 'revoked, expired or of another org', cause: error })
  if (error.status === 403) return new CommandFailure(`the API token may not read all of this (${answer})`, { code: 'refused', hint: 'create it as a Super Administrator', cause: error })
  return new CommandFailure(`${orgUrl} did not answer as Okta does (${answer})`, { code: 'unreachable', cause: error })
}
