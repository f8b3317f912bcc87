import type { FastifyInstance, FastifyRequest } from 'fastify'
import { OktaApiError } from '../../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { hasSentCode } from '../../../resources/factors/factor.js'
import { readFactor } from '../../../resources/factors/read.js'
import { Factors } from '../../../resources/factors/store.js'
import { toQuestionViews } from '../../../resources/factors/view.js'
import { SignInSteps } from '../../authn/sign-in-steps.js'
import type { SignIn } from '../../authn/sign-in-steps.js'
import { AuthnTransactions } from '../../authn/transactions.js'
import type { OAuthContext } from '../../context.js'
import { announceDenial } from '../../sign-on/denial.js'
import { requirementOf } from '../../sign-on/requirement.js'
import { clientAddressOf } from '../../../resources/policies/zones.js'
import { registerRecovery } from './recovery.js'
import { toLockedOutView, toSuccessView, toTransactionView } from './view.js'

/**
 * `/authn`, the sign-in of Okta's Classic Engine, which browsers call without an API token: the password, a new one if it has
 * expired, a second factor or the enrollment of one if the sign-on policy of the org requires it, and recovery. The end is a
 * session token, which is good for one sign-in. Does NOT know devices, and remembers none.
 */
export function registerAuthn (app: FastifyInstance, context: OAuthContext): void {
  const { kernel } = context
  const transactions = kernel.store(AuthnTransactions)
  app.post('/authn', async (request) => {
    const body = readObject(request.body)
    const stateToken = readOptionalText(body, 'stateToken')
    if (stateToken !== undefined) return show(context, { status: 'PENDING', ...transactions.get(stateToken) })
    const options = readMember(body, 'options')
    try {
      return show(context, stepsOf(kernel, request).byPassword(readText(body, 'username'), readText(body, 'password'), {
        relayState: readOptionalText(body, 'relayState'),
        offersMoreFactors: options['multiOptionalFactorEnroll'] === true,
        warnsOfExpiry: options['warnBeforePasswordExpired'] === true
      }))
    } catch (error) {
      // here it is a state
      if (error instanceof OktaApiError && error.body.errorCode === 'E0000069') return toLockedOutView(kernel.orgUrl)
      throw error
    }
  })
  app.post('/authn/introspect', async (request) => show(context, { status: 'PENDING', ...transactions.get(stateTokenOf(request)) }))
  app.post('/authn/credentials/change_password', async (request) => {
    const body = readObject(request.body)
    const passwords = { oldPassword: readText(body, 'oldPassword'), newPassword: readText(body, 'newPassword') }
    return show(context, stepsOf(kernel, request).changePassword(stateTokenOf(request), passwords))
  })
  app.post('/authn/previous', async (request) => show(context, stepsOf(kernel, request).goBack(stateTokenOf(request))))
  app.post('/authn/skip', async (request) => show(context, stepsOf(kernel, request).skip(stateTokenOf(request))))
  app.post('/authn/cancel', async (request) => {
    const { transaction: { stateToken, relayState } } = transactions.get(stateTokenOf(request))
    transactions.end(stateToken)
    return relayState === undefined ? {} : { relayState }
  })
  registerFactors(app, context)
  registerRecovery(app, { kernel, stepsOf: (request) => stepsOf(kernel, request), show: (signIn) => show(context, signIn) })
}

function registerFactors (app: FastifyInstance, context: OAuthContext): void {
  const { kernel } = context
  app.post('/authn/factors/:factorId/verify', async (request) => {
    const steps = stepsOf(kernel, request)
    const [stateToken, factorId, code] = [stateTokenOf(request), factorIdOf(request), codeOf(request)]
    const { user } = kernel.store(AuthnTransactions).getAt(stateToken, 'MFA_REQUIRED', 'MFA_CHALLENGE')
    // without a code: send one
    const isChallenge = code === undefined && hasSentCode(kernel.store(Factors).get(user, factorId))
    return show(context, isChallenge ? steps.challenge(stateToken, factorId) : steps.verify(stateToken, factorId, code ?? ''))
  })
  app.post('/authn/factors/:factorId/verify/resend', async (request) =>
    show(context, stepsOf(kernel, request).challenge(stateTokenOf(request), factorIdOf(request))))
  app.get('/authn/factors/questions', async (request) => {
    kernel.store(AuthnTransactions).getAt((request.query as { stateToken?: string }).stateToken ?? '', 'MFA_ENROLL')
    return toQuestionViews()
  })
  app.post('/authn/factors', async (request) =>
    show(context, stepsOf(kernel, request).enroll(stateTokenOf(request), (user) => readFactor(readObject(request.body), user))))
  app.post('/authn/factors/:factorId/lifecycle/activate', async (request) =>
    show(context, stepsOf(kernel, request).activate(stateTokenOf(request), factorIdOf(request), codeOf(request) ?? '')))
  app.post('/authn/factors/:factorId/lifecycle/resend', async (request) =>
    show(context, stepsOf(kernel, request).resendActivation(stateTokenOf(request), factorIdOf(request))))
}

// a policy that denies is answered as a wrong password (unconfirmed)
function stepsOf (kernel: Kernel, request: FastifyRequest): SignInSteps {
  return new SignInSteps(kernel, (user) => {
    const { isAllowed, deniedBy, ...needs } = requirementOf(kernel, { user, ipAddress: clientAddressOf(kernel, request.raw) })
    announceDenial(kernel, { user, deniedBy })
    if (!isAllowed) throw new OktaApiError('E0000004')
    return needs
  })
}

function show ({ kernel, sessionTokens }: OAuthContext, signIn: SignIn): Json {
  const { user } = signIn
  return signIn.status === 'SUCCESS'
    ? toSuccessView(user, sessionTokens.create({ userId: user.id, amr: [...signIn.amr] }), signIn.relayState)
    : toTransactionView(kernel, signIn)
}

function stateTokenOf (request: FastifyRequest): string {
  return readText(readObject(request.body), 'stateToken')
}

function factorIdOf (request: FastifyRequest): string {
  return (request.params as { factorId: string }).factorId
}

// some clients send a one-time password as a number
function codeOf (request: FastifyRequest): string | undefined {
  const body = readObject(request.body)
  const code = body['passCode'] ?? body['answer']
  return code === undefined || code === null ? undefined : String(code)
}
