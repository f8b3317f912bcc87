import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { Factors } from '../../resources/factors/store.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { isMultiFactor } from '../authn/methods.js'
import { POLICY_FAILED } from '../policy.js'
import { reachedLevel, requestedLevels } from '../sign-on/acr.js'
import { announceDenial } from '../sign-on/denial.js'
import { requirementOf } from '../sign-on/requirement.js'
import type { Requirement } from '../sign-on/requirement.js'
import { clientAddressOf } from '../../resources/policies/zones.js'

type Library = typeof import('oidc-provider')
type LoginPolicy = ReturnType<Library['interactionPolicy']['base']>

/** The reason of a sign-in page for a session that lacks a second factor only. */
export const SECOND_FACTOR = 'second_factor'

const UNMET = "Unable to meet the authentication requirements imposed by 'acr_values' parameter."
// oidc-provider's words, for which there are Okta's: see error-texts.ts
const NOT_ENOUGH = 'End-User authentication could not be obtained'

/**
 * Adds checks to oidc-provider's prompt for a sign-in: whether an existing session meets the policies of the org and of the app
 * and the requested level, or takes a second factor or a new sign-in. A sign-in that is denied, or a level that the user cannot
 * reach, is refused.
 */
export function addSignOnChecks (policy: LoginPolicy, kernel: Kernel, { errors, interactionPolicy: { Check } }: Library): void {
  const login = policy.get('login')
  login?.checks.add(new Check(SECOND_FACTOR, NOT_ENOUGH, 'login_required', (ctx) => {
    const session = sessionOf(kernel, ctx)
    if (!session) return Check.NO_NEED_TO_PROMPT
    const { user, requirement: { isAllowed, deniedBy, secondFactor }, amr } = session
    if (!isAllowed) {
      announceDenial(kernel, { user, appId: ctx.oidc.client?.clientId, deniedBy, client: { ipAddress: ctx.ip, userAgent: ctx.get('user-agent') || null, id: null } })
      throw new errors.AccessDenied(POLICY_FAILED)
    }
    const hasFactor = hasActiveFactor(kernel, user)
    const isAsked = !isMultiFactor(amr) && (secondFactor === 'required' || (secondFactor === 'if enrolled' && hasFactor))
    if (isAsked) return Check.REQUEST_PROMPT
    const levels = requestedLevels(ctx.oidc.params?.['acr_values'])
    if (levels.length > 0 && reachedLevel(levels, { amr, hasFactor }) === undefined) {
      throw new errors.CustomOIDCProviderError('unmet_authentication_requirements', UNMET)
    }
    return Check.NO_NEED_TO_PROMPT
  }))
  login?.checks.add(new Check('reauthentication', NOT_ENOUGH, 'login_required', (ctx) => {
    const { reauthenticateSeconds } = sessionOf(kernel, ctx)?.requirement ?? {}
    const isOver = reauthenticateSeconds !== undefined && ctx.oidc.session?.past(reauthenticateSeconds) === true
    return isOver && ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  }))
}

/** Sets the level that each request has reached (`acr`) in the session, where oidc-provider reads it for codes and tokens. */
export function registerReachedLevel (provider: Provider, kernel: Kernel): void {
  provider.on('authorization.accepted', (ctx: KoaContextWithOIDC) => {
    const { session, params } = ctx.oidc
    const user = kernel.store(Users).findById(session?.accountId ?? '')
    if (!session || !user) return
    session.acr = reachedLevel(requestedLevels(params?.['acr_values']), { amr: session.amr ?? [], hasFactor: hasActiveFactor(kernel, user) })
  })
}

function sessionOf (kernel: Kernel, ctx: KoaContextWithOIDC): { user: User, amr: readonly string[], requirement: Requirement } | undefined {
  const { session, client, params } = ctx.oidc
  const user = kernel.store(Users).findById(session?.accountId ?? '')
  if (!session || !user) return undefined
  const levels = requestedLevels(params?.['acr_values'])
  const requirement = requirementOf(kernel, { user, ipAddress: clientAddressOf(kernel, ctx.req), appId: client?.clientId, levels })
  return { user, amr: session.amr ?? [], requirement }
}

function hasActiveFactor (kernel: Kernel, user: User): boolean {
  return kernel.store(Factors).activeOf(user).length > 0
}
