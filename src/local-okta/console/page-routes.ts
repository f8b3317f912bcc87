import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OktaApiError } from '../kernel/errors.js'
import type { Page } from '../pages/html.js'
import { Form } from './form.js'
import type { Message } from './layout.js'
import { doneMessage, errorMessage } from './messages.js'

/** A request for a page. */
export interface PageRequest {
  /** The id in its path, or the empty string. */
  readonly id: string
  readonly query: Form
  /** What the form has sent; empty unless it is posted. */
  readonly form: Form
  readonly message: Message | undefined
}

/** Makes a page. After a refused form it gets the form, so that nothing has to be typed again. */
export type ShowPage = (request: PageRequest) => Page

/** Does what a form asks for. Gives the address of the page that is shown next, or a page. */
type Act = (request: PageRequest) => Promise<string | Page>

/** Registers a page. */
export function registerPage (app: FastifyInstance, path: string, show: ShowPage): void {
  app.get(path, async (request, reply) => {
    const pageRequest = readRequest(request)
    return sendPage(reply, 200, show({ ...pageRequest, message: doneMessage(pageRequest.query.text('done')) }))
  })
}

/** Registers what a form is posted to. A refusal is shown on the page that the form is on. */
export function registerAction (app: FastifyInstance, path: string, act: Act, show: ShowPage): void {
  app.post(path, async (request, reply) => {
    const pageRequest = readRequest(request)
    try {
      const next = await act(pageRequest)
      return typeof next === 'string' ? reply.redirect(next, 303) : sendPage(reply, 200, next)
    } catch (error) {
      if (!(error instanceof OktaApiError) || error.statusCode === 404) throw error
      return sendPage(reply, error.statusCode, show({ ...pageRequest, message: errorMessage(error, pageRequest.form) }))
    }
  })
}

/** Sends a page. */
export function sendPage (reply: FastifyReply, status: number, { html, headers }: Page): FastifyReply {
  return reply.code(status).headers(headers).send(html)
}

function readRequest ({ params, body, url }: FastifyRequest): PageRequest {
  const [, query = ''] = url.split('?')
  return {
    id: (params as { id?: string }).id ?? '',
    query: new Form(query),
    form: body instanceof Form ? body : new Form(),
    message: undefined
  }
}
