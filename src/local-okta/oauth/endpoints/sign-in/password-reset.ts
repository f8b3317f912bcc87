import type { FastifyInstance, FastifyReply } from 'fastify'
import { OktaApiError } from '../../../kernel/errors.js'
import type { ErrorCode } from '../../../kernel/errors.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { createErrorPage } from '../../../pages/error-page.js'
import { createPage } from '../../../pages/html.js'
import type { Page } from '../../../pages/html.js'
import { createQuestionPage, createResetPage } from '../../../pages/step-pages.js'
import { RecoverySteps } from '../../authn/recovery-steps.js'
import type { RecoveryResult } from '../../authn/recovery-steps.js'
import { NO_FURTHER_NEEDS, SignInSteps } from '../../authn/sign-in-steps.js'
import { AuthnTransactions } from '../../authn/transactions.js'
import type { Step } from '../../authn/transactions.js'
import type { Form } from '../../form.js'
import { messageOf, readNewPassword } from './submit.js'

/** Where the links of new users lead (`activationUrl`). */
const WELCOME = '/welcome/:token'
/** Where the links lead that the Management API makes for passwords (`resetPasswordUrl`). */
const LINKS = ['/reset_password/:token', '/signin/reset-password/:token']
const ACTION = '/reset_password'

const FAILURES: Partial<Record<ErrorCode, string>> = { E0000087: 'The answer is not correct.' }

/**
 * The pages behind a link with a recovery token, or of a new user: the recovery question if the user has one, then a new password.
 * They sign nobody in. Opening the link uses up the token.
 */
export function registerPasswordReset (app: FastifyInstance, kernel: Kernel): void {
  const transactions = kernel.store(AuthnTransactions)
  const steps = new RecoverySteps(kernel, new SignInSteps(kernel, () => NO_FURTHER_NEEDS))
  for (const link of [WELCOME, ...LINKS]) {
    app.get(link, async (request, reply) => {
      const { token } = request.params as { token: string }
      try {
        return sendPage(reply, 200, toPage(link === WELCOME ? steps.byActivationToken(token) : steps.byToken(token)))
      } catch (error) {
        return refuse(reply, error)
      }
    })
  }
  app.post(ACTION, async (request, reply) => {
    const form = request.body as Form
    const stateToken = form.get('stateToken') ?? ''
    let step: Step | undefined
    try {
      step = transactions.getAt(stateToken, 'RECOVERY', 'PASSWORD_RESET')
      const isQuestion = step.transaction.status === 'RECOVERY'
      return sendPage(reply, 200, toPage(isQuestion ? steps.answer(stateToken, form.get('answer') ?? '') : steps.resetPassword(stateToken, readNewPassword(form))))
    } catch (error) {
      return refuse(reply, error, step)
    }
  })
}

function toPage (result: RecoveryResult): Page {
  if (result.status === 'PENDING') return stepPage(result)
  const text = result.status === 'UNLOCKED' ? 'Your account is unlocked.' : 'Your password is changed.'
  return createPage('Done', `<p>${text} You may sign in to your app now.</p>`)
}

function stepPage ({ transaction: { stateToken, status, recoveryType }, user }: Step, error?: string): Page {
  const form = { action: ACTION, stateToken, login: user.profile.login, error, redirectSource: undefined }
  return status === 'RECOVERY' ? createQuestionPage({ ...form, title: 'Reset your password' }, user.recoveryQuestion?.question ?? '') : createResetPage(form, recoveryType === undefined ? 'Welcome: choose a password' : undefined)
}

// the same step again, or the end if the link or the step is no longer good
function refuse (reply: FastifyReply, error: unknown, step?: Step): FastifyReply {
  if (!(error instanceof OktaApiError)) throw error
  if (!step) return sendPage(reply, 400, createErrorPage('invalid_request', 'This link has expired, or has been used.', [], 'Your password is not changed'))
  return sendPage(reply, error.statusCode === 400 ? 400 : 401, stepPage(step, messageOf(error, FAILURES)))
}

function sendPage (reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html)
}
