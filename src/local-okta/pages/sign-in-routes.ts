import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Interaction } from 'oidc-provider'
import { satisfiedAcr } from '../authorization-server/scope-rules.js'
import type { LocalOktaContext } from '../context.js'
import type { Form } from '../oauth/form.js'
import { hasPassword } from '../org/sign-in.js'
import { createErrorPage } from './error-page.js'
import type { Page } from './html.js'
import { createSignInPage } from './sign-in-page.js'

/** The page that signs people in, and what its form is posted to. */
export function registerSignIn (app: FastifyInstance, context: LocalOktaContext): void {
  app.get('/signin/:uid', async (request, reply) => {
    const interaction = await interactionOf(context, request, reply)
    if (!interaction) return sendPage(reply, 400, expiredPage())
    return sendPage(reply, 200, await signInPage(context, interaction))
  })
  app.post('/signin/:uid', async (request, reply) => {
    const interaction = await interactionOf(context, request, reply)
    if (!interaction) return sendPage(reply, 400, expiredPage())
    return signIn(context, interaction, request, reply)
  })
}

async function signIn (
  context: LocalOktaContext, interaction: Interaction, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const form = request.body as Form
  const username = form.get('username') ?? ''
  const user = context.org.users.find(username)
  // one answer for every failure, so that it does not tell which logins exist
  if (!user || !hasPassword(user, form.get('password') ?? '')) {
    return sendPage(reply, 401, await signInPage(context, interaction, username, 'Unable to sign in'))
  }
  context.org.users.recordSignIn(user)
  const acr = satisfiedAcr(interaction.params['acr_values'])
  const location = await context.provider().interactionResult(request.raw, reply.raw, {
    login: { accountId: user.id, amr: ['pwd'], ...(acr === undefined ? {} : { acr }) }
  })
  return reply.redirect(location, 303)
}

async function signInPage (
  { org }: LocalOktaContext, { params, uid }: Interaction, username?: string, error?: string
): Promise<Page> {
  const redirectUri = params['redirect_uri']
  return createSignInPage({
    action: `/signin/${uid}`,
    clientName: org.applications.findById(String(params['client_id']))?.label ?? '',
    username: username ?? String(params['login_hint'] ?? ''),
    error,
    redirectOrigin: typeof redirectUri === 'string' ? new URL(redirectUri).origin : undefined
  })
}

// The cookie is for this page alone; one from another sign-in, or none, counts as expired.
async function interactionOf (
  context: LocalOktaContext, request: FastifyRequest, reply: FastifyReply
): Promise<Interaction | undefined> {
  const { uid } = request.params as { uid: string }
  const interaction = await context.provider().interactionDetails(request.raw, reply.raw).catch(() => undefined)
  return interaction?.uid === uid ? interaction : undefined
}

function expiredPage (): Page {
  return createErrorPage('invalid_request', 'This sign-in has expired. Go back to the app and start again.')
}

function sendPage (reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html)
}
