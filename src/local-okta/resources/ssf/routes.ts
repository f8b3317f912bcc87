import { notFound, OktaApiError } from '../../kernel/errors.js'
import { readText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route } from '../../kernel/route.js'
import { readChange, readReplacement, readStream, readStreamId, readVerification } from './read.js'
import { SsfStreams } from './store.js'
import type { SsfStream } from './stream.js'
import { SsfTransmitter } from './transmitter.js'
import { toStreamView } from './view.js'

const PATH = '/ssf/stream'
const [READ, MANAGE] = ['ssf.read', 'ssf.manage'] as const

/** The scopes of the routes below. At Okta a user of the receiver's web app requests them at the org server. */
export const SSF_SCOPES: readonly string[] = [READ, MANAGE]

const { route } = routesOn({ streams: SsfStreams, transmitter: SsfTransmitter })

const routes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scope: READ,
    answer: ({ streams, orgUrl }, { query: { stream_id: id } }) =>
      id === undefined ? streams.all().map((stream) => toStreamView(orgUrl, stream)) : toStreamView(orgUrl, streams.get(id))
  }),
  route({
    method: 'POST',
    path: PATH,
    scope: MANAGE,
    status: 201,
    body: (body) => readStream(body),
    answer: ({ streams, orgUrl }, { body, principal }) => toStreamView(orgUrl, streams.create({ ...body, clientId: clientOf(principal) }))
  }),
  route({
    method: 'PUT',
    path: PATH,
    scope: MANAGE,
    body: (body) => body,
    answer: ({ streams, orgUrl }, { body, principal }) => {
      const stream = streamOf(streams, principal, readStreamId(body))
      return toStreamView(orgUrl, streams.update(stream, readReplacement(orgUrl, body, stream)))
    }
  }),
  route({
    method: 'PATCH',
    path: PATH,
    scope: MANAGE,
    body: (body) => body,
    answer: ({ streams, orgUrl }, { body, principal }) => {
      const stream = streamOf(streams, principal, readStreamId(body))
      return toStreamView(orgUrl, streams.update(stream, readChange(orgUrl, body, stream)))
    }
  }),
  route({
    method: 'DELETE',
    path: PATH,
    scope: MANAGE,
    status: 204,
    answer: ({ streams }, { query, principal }) => { streams.delete(streamOf(streams, principal, query['stream_id'])) }
  }),
  route({
    method: 'GET',
    path: `${PATH}/status`,
    scope: READ,
    answer: ({ streams }, { query }) => {
      const { id, status } = streams.get(readText(query, 'stream_id'))
      return { stream_id: id, status }
    }
  }),
  route({
    method: 'POST',
    path: `${PATH}/verification`,
    scope: MANAGE,
    status: 204,
    body: readVerification,
    answer: ({ streams, transmitter }, { body: { streamId, state } }) => { transmitter.verify(streams.get(streamId), state) }
  })
]

/** `/ssf/stream`: Okta as a transmitter of shared signals. For access tokens of the org server only. */
export const ssfRoutes: Route[] = routes.map((each) => ({ ...each, isOAuthOnly: true }))

function streamOf (streams: SsfStreams, principal: ApiRequest['principal'], id: string | undefined): SsfStream {
  if (id !== undefined) return streams.get(id)
  const clientId = clientOf(principal)
  const own = streams.findOfClient(clientId)
  if (!own) throw notFound(clientId, 'Stream')
  return own
}

function clientOf ({ clientId }: ApiRequest['principal']): string {
  if (clientId === undefined) throw new OktaApiError('E0000006')
  return clientId
}
