import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode } from '../../../kernel/errors.js'
import { OktaApiError } from '../../../kernel/errors.js'
import { Users } from '../../../resources/users/store.js'
import { nameOf } from '../../../tokens/claims.js'
import { createErrorPage } from '../../../pages/error-page.js'
import type { Page } from '../../../pages/html.js'
import { createSignInPage } from '../../../pages/sign-in-page.js'
import type { SignIn } from '../../authn/sign-in-steps.js'
import type { OAuthContext } from '../../context.js'
import type { Form } from '../../form.js'
import { findUserToStepUp, findVisit } from './interaction.js'
import type { SignInVisit } from './interaction.js'
import { createStepPage } from './step-page.js'
import { chooseOnlyFactor, findStep, messageOf, peopleToChoose, submit } from './submit.js'

const FAILURES: Partial<Record<ErrorCode, string>> = {
  E0000004: 'Unable to sign in',
  E0000007: 'Your second factor has been removed. Sign in again.',
  E0000011: 'This took too long. Sign in again.',
  E0000014: 'The current password is not correct.',
  E0000068: 'This does not match. Try again.',
  E0000069: 'Your account is locked.'
}

/** The pages that sign people in step by step, as `/authn` does, and the route that their forms are posted to. They need no script. */
export function registerSignIn (app: FastifyInstance, context: OAuthContext): void {
  app.get('/signin/:uid', async (request, reply) => {
    const visit = await findVisit(context, request, reply)
    if (!visit) return sendPage(reply, 400, expiredPage())
    const stepUp = findUserToStepUp(visit)
    if (!stepUp) return sendPage(reply, 200, firstPage(visit))
    try {
      return await answer(visit, visit.steps.proceed(stepUp.user, stepUp.amr), request, reply)
    } catch (error) {
      if (!(error instanceof OktaApiError)) throw error
      return sendPage(reply, 401, firstPage(visit, { error: messageOf(error, FAILURES) }))
    }
  })
  app.post('/signin/:uid', async (request, reply) => {
    const visit = await findVisit(context, request, reply)
    if (!visit) return sendPage(reply, 400, expiredPage())
    const form = request.body as Form
    try {
      return await answer(visit, submit(visit, form), request, reply)
    } catch (error) {
      if (!(error instanceof OktaApiError)) throw error
      return sendPage(reply, error.statusCode === 400 ? 400 : 401, pageAfter(error, visit, form))
    }
  })
}

/** Answers with the next step, or goes back to the app. */
export async function answer (visit: SignInVisit, signIn: SignIn, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { kernel, provider, steps } = visit
  const next = chooseOnlyFactor(kernel, steps, signIn)
  if (next.status === 'PENDING') return sendPage(reply, 200, createStepPage(visit, next))
  kernel.store(Users).recordSignIn(next.user)
  const location = await provider.interactionResult(request.raw, reply.raw, { login: { accountId: next.user.id, amr: [...next.amr] } })
  return reply.redirect(location, 303)
}

/** What the first page tells of an attempt before. */
interface Attempt {
  readonly username?: string | undefined
  readonly error?: string
  readonly note?: string
  readonly isLocked?: boolean
}

/** The page that a sign-in begins with. */
export function firstPage (
  { kernel, action, clientName, redirectSource, interaction: { params } }: SignInVisit, { username, error, note, isLocked = false }: Attempt = {}
): Page {
  return createSignInPage({
    action,
    clientName,
    username: username ?? String(params['login_hint'] ?? ''),
    error,
    note,
    isLocked,
    people: peopleToChoose(kernel).map((user) => ({ id: user.id, name: nameOf(user) || user.profile.login, login: user.profile.login })),
    redirectSource
  })
}

// the same step again, or the first page if there is no such step any more
function pageAfter (refusal: OktaApiError, visit: SignInVisit, form: Form): Page {
  const { errorCode } = refusal.body
  const error = messageOf(refusal, FAILURES)
  const step = errorCode === 'E0000007' ? undefined : findStep(visit, form)
  return step ? createStepPage(visit, step, error) : firstPage(visit, { username: form.get('username'), error, isLocked: errorCode === 'E0000069' })
}

/** The page for a sign-in that is not, or no longer, known. */
export function expiredPage (): Page {
  return createErrorPage('invalid_request', 'This sign-in has expired. Go back to the app and start again.')
}

/** Sends one of the pages. */
export function sendPage (reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html)
}
