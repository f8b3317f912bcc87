import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Interaction } from 'oidc-provider'
import { satisfiedAcr } from '../provider/authorization-rules.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../../resources/apps/store.js'
import { Users } from '../../resources/users/store.js'
import type { OAuthContext } from '../context.js'
import type { Form } from '../form.js'
import { cspSourceOf } from '../redirect-uri.js'
import { hasPassword } from '../../resources/users/password.js'
import { isActive } from '../../resources/users/user.js'
import type { User } from '../../resources/users/user.js'
import { nameOf } from '../../tokens/claims.js'
import { createErrorPage } from '../../pages/error-page.js'
import type { Page } from '../../pages/html.js'
import { createSignInPage } from '../../pages/sign-in-page.js'
import type { Person } from '../../pages/sign-in-page.js'

const MAX_PEOPLE = 12

/** The page that signs people in, and the route that its forms are posted to. */
export function registerSignIn (app: FastifyInstance, context: OAuthContext): void {
  app.get('/signin/:uid', async (request, reply) => {
    const interaction = await interactionOf(context, request, reply)
    if (!interaction) return sendPage(reply, 400, expiredPage())
    return sendPage(reply, 200, signInPage(context, interaction))
  })
  app.post('/signin/:uid', async (request, reply) => {
    const interaction = await interactionOf(context, request, reply)
    if (!interaction) return sendPage(reply, 400, expiredPage())
    return signIn(context, interaction, request, reply)
  })
}

async function signIn (
  context: OAuthContext, interaction: Interaction, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const form = request.body as Form
  const user = chosenUser(context.kernel, form)
  // one answer for every failure, so that it does not tell which logins exist
  if (!user) return sendPage(reply, 401, signInPage(context, interaction, form.get('username') ?? '', 'Unable to sign in'))
  context.kernel.store(Users).recordSignIn(user)
  const acr = satisfiedAcr(interaction.params['acr_values'])
  const provider = await providerOfPage(context, interaction.uid)
  if (!provider) return sendPage(reply, 400, expiredPage())
  const location = await provider.interactionResult(request.raw, reply.raw, {
    login: { accountId: user.id, amr: ['pwd'], ...(acr === undefined ? {} : { acr }) }
  })
  return reply.redirect(location, 303)
}

// a click on a name needs no password; only those whom the page names can be chosen
function chosenUser (kernel: Kernel, form: Form): User | undefined {
  const person = form.get('person')
  if (person !== undefined) return peopleToChoose(kernel).find(({ id }) => id === person)
  const user = kernel.store(Users).find(form.get('username') ?? '')
  return user && hasPassword(user, form.get('password') ?? '') ? user : undefined
}

function peopleToChoose (kernel: Kernel): User[] {
  return kernel.store(Users).all().filter((user) => isActive(user) && user.password !== null).slice(0, MAX_PEOPLE)
}

function signInPage ({ kernel }: OAuthContext, { params, uid }: Interaction, username?: string, error?: string): Page {
  const redirectUri = params['redirect_uri']
  return createSignInPage({
    action: `/signin/${uid}`,
    clientName: kernel.store(Applications).findById(String(params['client_id']))?.label ?? '',
    username: username ?? String(params['login_hint'] ?? ''),
    error,
    people: peopleToChoose(kernel).map((user) => toPerson(user)),
    redirectSource: typeof redirectUri === 'string' ? cspSourceOf(redirectUri) : undefined
  })
}

function toPerson (user: User): Person {
  const { login } = user.profile
  return { id: user.id, name: nameOf(user) || login, login }
}

// The cookie is for this page alone; one from another sign-in, or none, counts as expired.
async function interactionOf (
  context: OAuthContext, request: FastifyRequest, reply: FastifyReply
): Promise<Interaction | undefined> {
  const { uid } = request.params as { uid: string }
  const provider = await providerOfPage(context, uid)
  const interaction = await provider?.interactionDetails(request.raw, reply.raw).catch(() => undefined)
  return interaction?.uid === uid ? interaction : undefined
}

// undefined if the sign-in is unknown, or its server has been deactivated
async function providerOfPage ({ servers, store }: OAuthContext, uid: string): Promise<Provider | undefined> {
  const server = await servers.findById(store.serverIdOfInteraction(uid) ?? '')
  return server && servers.providerOf(server)
}

function expiredPage (): Page {
  return createErrorPage('invalid_request', 'This sign-in has expired. Go back to the app and start again.')
}

function sendPage (reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html)
}
