import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../../kernel/errors.js'
import { OktaApiError } from '../../../kernel/errors.js'
import { clientAddressOf } from '../../../resources/policies/zones.js'
import type { RecoveryType } from '../../../resources/users/recovery-tokens.js'
import type { Page } from '../../../pages/html.js'
import { createEmailSentPage, createRecoveryPage } from '../../../pages/recovery-pages.js'
import { createCodePage, createQuestionPage, createResetPage } from '../../../pages/step-pages.js'
import { RECOVERY_FACTORS, RecoverySteps } from '../../authn/recovery-steps.js'
import type { RecoveryResult } from '../../authn/recovery-steps.js'
import { AuthnTransactions } from '../../authn/transactions.js'
import type { Step } from '../../authn/transactions.js'
import type { OAuthContext } from '../../context.js'
import type { Form } from '../../form.js'
import { findVisit } from './interaction.js'
import type { SignInVisit } from './interaction.js'
import { answer, expiredPage, firstPage, sendPage } from './routes.js'
import { messageOf, readNewPassword } from './submit.js'

const TITLES: Readonly<Record<RecoveryType, string>> = { PASSWORD: 'Reset your password', UNLOCK: 'Unlock your account' }

const FAILURES: Partial<Record<ErrorCode, string>> = {
  E0000011: 'This code is not valid, or no longer.',
  E0000032: 'This account cannot be unlocked this way.',
  E0000034: 'This password cannot be reset this way.',
  E0000087: 'The answer is not correct.',
  // as for a user without a phone, so that it does not tell which logins exist
  E0000095: 'This password cannot be reset this way.'
}

/** One visit to the pages of a recovery. */
interface RecoveryVisit extends SignInVisit {
  readonly type: RecoveryType
  readonly recovery: RecoverySteps
  readonly ipAddress: string
}

/**
 * The pages of a user who has forgotten the password, or whose account is locked: the username, a code by e-mail or phone, the
 * recovery question if the user has one, then a new password. They end as a sign-in, or at the sign-in page if an account was unlocked.
 */
export function registerRecoveryPages (app: FastifyInstance, context: OAuthContext): void {
  for (const [name, type] of [['forgot-password', 'PASSWORD'], ['unlock', 'UNLOCK']] as const) {
    const find = async (request: FastifyRequest, reply: FastifyReply): Promise<RecoveryVisit | undefined> => {
      const visit = await findVisit(context, request, reply)
      const { kernel } = context
      return visit && {
        ...visit, type, action: `${visit.action}/${name}`, recovery: new RecoverySteps(kernel, visit.steps), ipAddress: clientAddressOf(kernel, request.raw)
      }
    }
    app.get(`/signin/:uid/${name}`, async (request, reply) => {
      const visit = await find(request, reply)
      return visit ? sendPage(reply, 200, namePage(visit)) : sendPage(reply, 400, expiredPage())
    })
    app.post(`/signin/:uid/${name}`, async (request, reply) => {
      const visit = await find(request, reply)
      if (!visit) return sendPage(reply, 400, expiredPage())
      const form = request.body as Form
      try {
        return await submit(visit, form, request, reply)
      } catch (error) {
        if (!(error instanceof OktaApiError)) throw error
        return sendPage(reply, error.statusCode === 400 ? 400 : 401, pageAfter(error, visit, form))
      }
    })
  }
}

async function submit (visit: RecoveryVisit, form: Form, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { type, recovery, ipAddress } = visit
  const [stateToken, recoveryToken, username] = [form.get('stateToken'), form.get('recoveryToken'), form.get('username') ?? '']
  if (recoveryToken !== undefined) return show(visit, recovery.byToken(recoveryToken), request, reply)
  if (stateToken !== undefined) return show(visit, submitStep(visit, stateToken, form), request, reply)
  const factor = RECOVERY_FACTORS.find((known) => known === form.get('factor')) ?? 'EMAIL'
  if (factor !== 'EMAIL') return show(visit, recovery.sendCode({ username, factor, type, ipAddress, relayState: undefined }), request, reply)
  recovery.sendLink({ username, type, ipAddress })
  return sendPage(reply, 200, emailPage(visit, username))
}

function submitStep ({ kernel, recovery }: RecoveryVisit, stateToken: string, form: Form): RecoveryResult {
  const { transaction: { status } } = stepOf(kernel.store(AuthnTransactions), stateToken)
  if (status === 'PASSWORD_RESET') return recovery.resetPassword(stateToken, readNewPassword(form))
  if (status === 'RECOVERY') return recovery.answer(stateToken, form.get('answer') ?? '')
  return form.has('resend') ? recovery.resendCode(stateToken) : recovery.verifyCode(stateToken, form.get('code') ?? '')
}

function stepOf (transactions: AuthnTransactions, stateToken: string): Step {
  return transactions.getAt(stateToken, 'RECOVERY_CHALLENGE', 'RECOVERY', 'PASSWORD_RESET')
}

async function show (visit: RecoveryVisit, result: RecoveryResult, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const back = { ...visit, action: visit.action.slice(0, visit.action.lastIndexOf('/')) }
  if (result.status === 'UNLOCKED') return sendPage(reply, 200, firstPage(back, { note: 'Your account is unlocked. You may sign in now.' }))
  if (result.status === 'PENDING' && result.transaction.recoveryType !== undefined) return sendPage(reply, 200, stepPage(visit, result))
  return answer(back, result, request, reply)
}

// the same step again, or the first page of the recovery if there is none
function pageAfter (error: OktaApiError, visit: RecoveryVisit, form: Form): Page {
  const message = messageOf(error, FAILURES)
  const username = form.get('username') ?? ''
  if (form.has('recoveryToken')) return emailPage(visit, username, message)
  try {
    return stepPage(visit, stepOf(visit.kernel.store(AuthnTransactions), form.get('stateToken') ?? ''), message)
  } catch {
    return namePage(visit, username, message)
  }
}

function stepPage ({ type, action, redirectSource }: RecoveryVisit, { transaction, user }: Step, error?: string): Page {
  const { stateToken, status, recoveryFactor } = transaction
  const form = { action, stateToken, login: user.profile.login, error, redirectSource }
  if (status === 'PASSWORD_RESET') return createResetPage(form)
  if (status === 'RECOVERY') return createQuestionPage({ ...form, title: TITLES[type] }, user.recoveryQuestion?.question ?? '')
  const sentTo = String(user.profile[recoveryFactor === 'CALL' ? 'primaryPhone' : 'mobilePhone'])
  return createCodePage({ ...form, title: TITLES[type], label: 'Code', isAnswer: false, sentTo, secret: undefined, hasOthers: false })
}

function namePage ({ type, action, interaction: { params } }: RecoveryVisit, username = String(params['login_hint'] ?? ''), error?: string): Page {
  return createRecoveryPage({ title: TITLES[type], action, username, error, back: action.slice(0, action.lastIndexOf('/')) })
}

function emailPage ({ type, action }: RecoveryVisit, username: string, error?: string): Page {
  return createEmailSentPage({ title: TITLES[type], action, username, error, back: action.slice(0, action.lastIndexOf('/')) })
}
