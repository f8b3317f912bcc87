import type { FastifyInstance, FastifyRequest } from 'fastify'
import { invalid } from '../../../kernel/errors.js'
import { readObject, readOptionalText, readText } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { clientAddressOf } from '../../../resources/policies/zones.js'
import { RECOVERY_FACTORS, RecoverySteps } from '../../authn/recovery-steps.js'
import type { RecoveryFactor, RecoveryResult } from '../../authn/recovery-steps.js'
import type { SignIn, SignInSteps } from '../../authn/sign-in-steps.js'
import { toLinkSentView, toUnlockedView } from './view.js'

/** What the routes share with those of the sign-in. */
interface RecoveryParts {
  readonly kernel: Kernel
  readonly stepsOf: (request: FastifyRequest) => SignInSteps
  readonly show: (signIn: SignIn) => Json
}

/**
 * `/authn/recovery` and `/authn/credentials/reset_password`, for a forgotten password or a locked account. Requires `factorType`:
 * does NOT put the recovery token into the answer, as Okta does for clients that call with an API token.
 */
export function registerRecovery (app: FastifyInstance, { kernel, stepsOf, show }: RecoveryParts): void {
  const recoveryOf = (request: FastifyRequest): RecoverySteps => new RecoverySteps(kernel, stepsOf(request))
  const showResult = (result: RecoveryResult): Json => result.status === 'UNLOCKED' ? toUnlockedView(result.relayState) : show(result)

  for (const [path, type] of [['password', 'PASSWORD'], ['unlock', 'UNLOCK']] as const) {
    app.post(`/authn/recovery/${path}`, async (request) => {
      const body = readObject(request.body)
      const recovery = { username: readText(body, 'username'), factor: readRecoveryFactor(body), type, relayState: readOptionalText(body, 'relayState'), ipAddress: clientAddressOf(kernel, request.raw) }
      if (recovery.factor !== 'EMAIL') return show(recoveryOf(request).sendCode(recovery))
      recoveryOf(request).sendLink(recovery)
      return toLinkSentView(type, recovery.relayState)
    })
  }
  for (const factor of ['sms', 'call']) {
    app.post(`/authn/recovery/factors/${factor}/verify`, async (request) =>
      showResult(recoveryOf(request).verifyCode(textOf(request, 'stateToken'), textOf(request, 'passCode'))))
    app.post(`/authn/recovery/factors/${factor}/resend`, async (request) => show(recoveryOf(request).resendCode(textOf(request, 'stateToken'))))
  }
  app.post('/authn/recovery/token', async (request) => showResult(recoveryOf(request).byToken(textOf(request, 'recoveryToken'))))
  app.post('/authn/recovery/answer', async (request) =>
    showResult(recoveryOf(request).answer(textOf(request, 'stateToken'), textOf(request, 'answer'))))
  app.post('/authn/credentials/reset_password', async (request) =>
    show(recoveryOf(request).resetPassword(textOf(request, 'stateToken'), textOf(request, 'newPassword'))))
}

function textOf (request: FastifyRequest, name: string): string {
  return readText(readObject(request.body), name)
}

function readRecoveryFactor (body: Json): RecoveryFactor {
  const text = readText(body, 'factorType').toUpperCase()
  const factor = RECOVERY_FACTORS.find((known) => known === text)
  if (factor === undefined) throw invalid('factorType', `must be one of ${RECOVERY_FACTORS.join(', ')}`)
  return factor
}
