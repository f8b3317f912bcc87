import { randomBytes } from 'node:crypto'
import { callReceiver } from '../../kernel/receiver.js'
import { toReceiverRequest } from './request.js'
import type { EventHookChannel } from './store.js'

/** Whether the receiver sends the challenge back, as JSON: by this it shows that it wants the events. Does not throw. */
export async function answersChallenge (channel: EventHookChannel, stopped: AbortSignal): Promise<boolean> {
  const challenge = randomBytes(24).toString('base64url')
  const headers = { accept: 'application/json', 'x-okta-verification-challenge': challenge }
  const answer = await callReceiver(toReceiverRequest(channel, { method: 'GET', headers }), stopped)
  return answer?.status === 200 && answer.contentType.startsWith('application/json') && verificationIn(answer.body) === challenge
}

function verificationIn (body: string): unknown {
  try {
    return (JSON.parse(body) as { verification?: unknown } | null)?.verification
  } catch {
    return undefined
  }
}
