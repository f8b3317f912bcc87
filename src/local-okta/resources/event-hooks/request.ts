import type { ReceiverRequest } from '../../kernel/receiver.js'
import type { EventHookChannel } from './store.js'

/** A request to the receiver of a hook, with the headers of its channel. */
export function toReceiverRequest (
  { uri, headers, authScheme }: EventHookChannel,
  { headers: own, ...request }: Pick<ReceiverRequest, 'method' | 'body'> & { headers: Readonly<Record<string, string>> }
): ReceiverRequest {
  const added = [...headers, ...(authScheme === null ? [] : [authScheme])].map(({ key, value }) => [key, value] as const)
  return { url: uri, ...request, headers: [...added, ...Object.entries(own)] }
}
