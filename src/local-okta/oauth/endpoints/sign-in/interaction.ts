import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Interaction } from 'oidc-provider'
import type { Kernel } from '../../../kernel/kernel.js'
import { Applications } from '../../../resources/apps/store.js'
import { Users } from '../../../resources/users/store.js'
import type { User } from '../../../resources/users/user.js'
import { SignInSteps } from '../../authn/sign-in-steps.js'
import type { OAuthContext } from '../../context.js'
import { SECOND_FACTOR } from '../../provider/sign-on-checks.js'
import { cspSourceOf } from '../../redirect-uri.js'
import { requestedLevels } from '../../sign-on/acr.js'
import { requirementOf } from '../../sign-on/requirement.js'
import { clientAddressOf } from '../../../resources/policies/zones.js'

/** A visit to the sign-in page: what an app, or a device, waits for. */
export interface SignInVisit {
  readonly kernel: Kernel
  readonly provider: Provider
  readonly interaction: Interaction
  readonly steps: SignInSteps
  /** Where the forms are posted to. */
  readonly action: string
  readonly clientName: string
  /** The source of a Content Security Policy that the last answer redirects to. Undefined for a device. */
  readonly redirectSource: string | undefined
}

/** The sign-in that a page is for. The cookie is for this page alone: with one from another sign-in, or none, it counts as expired. */
export async function findVisit (
  { kernel, servers, store }: OAuthContext, request: FastifyRequest, reply: FastifyReply
): Promise<SignInVisit | undefined> {
  const { uid } = request.params as { uid: string }
  // undefined if the sign-in is unknown, or its server has been deactivated
  const server = await servers.findById(store.serverIdOfInteraction(uid) ?? '')
  const provider = server && await servers.providerOf(server)
  const interaction = await provider?.interactionDetails(request.raw, reply.raw).catch(() => undefined)
  if (!provider || interaction?.uid !== uid) return undefined
  const { params } = interaction
  const [appId, redirectUri] = [String(params['client_id']), params['redirect_uri']]
  const [ipAddress, levels] = [clientAddressOf(kernel, request.raw), requestedLevels(params['acr_values'])]
  return {
    kernel,
    provider,
    interaction,
    // a sign-in that is not allowed is refused on the way back to the app
    steps: new SignInSteps(kernel, (user) => requirementOf(kernel, { user, ipAddress, appId, levels })),
    action: `/signin/${uid}`,
    clientName: kernel.store(Applications).findById(appId)?.label ?? '',
    redirectSource: typeof redirectUri === 'string' ? cspSourceOf(redirectUri) : undefined
  }
}

/** The user of the session, if a second factor is all that is missing. */
export function findUserToStepUp ({ kernel, interaction: { prompt, session } }: SignInVisit): { user: User, amr: readonly string[] } | undefined {
  const user = kernel.store(Users).findById(session?.accountId ?? '')
  if (!user || prompt.reasons.some((reason) => reason !== SECOND_FACTOR)) return undefined
  return { user, amr: session?.amr ?? [] }
}
