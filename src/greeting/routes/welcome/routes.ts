import type { FastifyInstance } from 'fastify'
import { prefersPage, prefersText } from '../../http/negotiation.js'
import type { Pages } from '../../pages/pages.js'

const WELCOME = 'Welcome'

const Welcome = {
  description: 'The welcome.',
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string', examples: [WELCOME] } }
}

/** `GET /`: welcomes everybody. Credentials are optional, and bad ones are refused. */
export async function welcome (app: FastifyInstance, { pages }: { pages: Pages | null }): Promise<void> {
  app.get('/', {
    onRequest: app.okta.identify,
    schema: {
      operationId: 'welcome',
      summary: 'Welcomes everybody',
      description: 'Credentials are optional. Bad ones are refused.',
      tags: ['greeting'],
      response: { 200: Welcome }
    },
    config: { documented: { text: WELCOME } }
  }, (request, reply) => {
    reply.header('vary', 'Accept, Authorization')
    if (pages !== null && prefersPage(request)) return pages.welcome(reply)
    if (prefersText(request)) return reply.type('text/plain; charset=utf-8').send(WELCOME)
    return { message: WELCOME }
  })
}
