import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createErrorBody, OktaApiError } from '../kernel/errors.js'
import { Form } from './form.js'
import { createConsolePage } from './layout.js'
import { markup } from './markup.js'
import { errorMessage } from './messages.js'
import { sendPage } from './page-routes.js'
import { registerAccessPolicyPage } from './pages/access-policy.js'
import { registerApiTokensPage } from './pages/api-tokens.js'
import { registerApplicationPage } from './pages/application.js'
import { registerApplicationsPage } from './pages/applications.js'
import { registerAuthorizationServerPage } from './pages/authorization-server.js'
import { registerAuthorizationServersPage } from './pages/authorization-servers.js'
import { registerEventHookPage } from './pages/event-hook.js'
import { registerEventHooksPage } from './pages/event-hooks.js'
import { registerFaultsPage } from './pages/faults.js'
import { registerGroupPage } from './pages/group.js'
import { registerGroupsPage } from './pages/groups.js'
import { createHomePage } from './pages/home.js'
import { registerPeoplePage } from './pages/people.js'
import { registerPersonPage } from './pages/person.js'
import { registerSecurityEventStreamPage } from './pages/security-event-stream.js'
import { registerSecurityEventsPage } from './pages/security-events.js'
import { registerSentCodesPage } from './pages/sent-codes.js'
import { registerSystemLogPage } from './pages/system-log.js'
import { registerTokensPage } from './pages/tokens.js'
import { registerTrustedOriginsPage } from './pages/trusted-origins.js'
import { registerUniversalLogoutPage } from './pages/universal-logout.js'
import type { ConsoleParts } from './parts.js'
import { acceptsHtml, CONSOLE } from './paths.js'
import { isSameOrigin } from './same-origin.js'

const PAGES = [
  registerAuthorizationServersPage, registerAuthorizationServerPage, registerAccessPolicyPage, registerApiTokensPage, registerTrustedOriginsPage,
  registerSentCodesPage,
  registerPeoplePage, registerPersonPage, registerGroupsPage, registerGroupPage, registerApplicationsPage, registerApplicationPage,
  registerTokensPage, registerEventHooksPage, registerEventHookPage, registerSystemLogPage, registerFaultsPage,
  registerUniversalLogoutPage, registerSecurityEventsPage, registerSecurityEventStreamPage
]

/** Registers the console: its home page at `/`, everything else under `/console`. Only its own pages can use it. */
export async function registerConsole (app: FastifyInstance, parts: ConsoleParts): Promise<void> {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => new Form(body))
  app.addHook('onRequest', refuseForeignOrigin)
  app.setErrorHandler(showError)
  app.get('/', async (request, reply) => {
    reply.header('vary', 'Accept, Origin')
    // a client that asks for JSON gets what Okta answers for a path that it does not have
    if (!acceptsHtml(request.headers.accept)) return reply.code(404).send(createErrorBody('E0000008'))
    return sendPage(reply, 200, createHomePage(parts))
  })
  for (const register of PAGES) register(app, parts)
  app.get(CONSOLE, async (_request, reply) => reply.redirect('/'))
  app.all(`${CONSOLE}/*`, async () => { throw new OktaApiError('E0000008') })
}

// on every route here, however its path is written
async function refuseForeignOrigin (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (isSameOrigin(request.method, request.headers)) return undefined
  return showProblem(reply, 403, 'This request comes from another site. Only the pages of the console may send it.')
}

async function showError (error: FastifyError | OktaApiError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (error instanceof OktaApiError) return showProblem(reply, error.statusCode, errorMessage(error, new Form()).text)
  const status = error.statusCode ?? 500
  if (status < 500) return showProblem(reply, status, 'The form cannot be read.')
  request.log.error(error)
  return showProblem(reply, 500, 'The console has a defect. The log of the local Okta has the error.')
}

function showProblem (reply: FastifyReply, status: number, text: string): FastifyReply {
  return sendPage(reply, status, createConsolePage({
    title: status === 404 ? 'Not found' : 'This is not possible',
    section: '/',
    message: { text, isError: true },
    content: markup`<p><a href="/">Go to the home page</a></p>`
  }))
}
