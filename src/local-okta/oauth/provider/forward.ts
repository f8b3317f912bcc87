import { IncomingMessage } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import type { Form } from '../form.js'
import { engineSecret } from './client-metadata.js'
import type { Application } from '../../resources/apps/application.js'

const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type']

/** Lets oidc-provider answer a request below its issuer. It learns from `originalUrl` where it is mounted. */
export function answerByProvider (provider: Provider, request: IncomingMessage, response: ServerResponse): void {
  const mounted = request as IncomingMessage & { originalUrl?: string }
  mounted.originalUrl = request.url ?? '/'
  // the path of an issuer without a path is a slash
  mounted.url = mounted.originalUrl.slice(new URL(provider.issuer).pathname.replace(/\/$/, '').length)
  provider.callback()(request, response).catch(() => { response.destroy() })
}

/** A request whose client has been authenticated. */
export interface ForwardedRequest {
  readonly server: AuthorizationServer
  readonly client: Application
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * Lets oidc-provider answer a request whose client has been authenticated here. In place of the client's
 * credentials it gets those that the store gives every client. `changes` are put over the form.
 */
export async function forwardToProvider (
  { servers, store }: OAuthContext, { server, client, request, reply }: ForwardedRequest, changes: Record<string, string> = {}
): Promise<void> {
  const provider = await servers.providerOf(server)
  const form = [...request.body as Form].filter(([name]) => !CREDENTIALS.includes(name))
  const body = new URLSearchParams({ ...Object.fromEntries(form), ...changes, client_id: client.id })
  const { authorization, ...headers } = request.raw.headers
  if (client.authMethod !== 'none') headers['authorization'] = `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(engineSecret(client, store.internalSecret))}`)}`
  reply.hijack()
  reply.raw.setHeader('x-okta-request-id', request.id)
  answerByProvider(provider, withForm(request.raw, headers, body.toString()), reply.raw)
}

// the body of the original has been read already
function withForm (original: IncomingMessage, headers: IncomingMessage['headers'], body: string): IncomingMessage {
  const request = new IncomingMessage(original.socket)
  Object.assign(request, {
    method: original.method,
    url: original.url,
    httpVersion: original.httpVersion,
    httpVersionMajor: original.httpVersionMajor,
    httpVersionMinor: original.httpVersionMinor,
    complete: true,
    headers: {
      ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body))
    }
  })
  request.push(body)
  request.push(null)
  return request
}
