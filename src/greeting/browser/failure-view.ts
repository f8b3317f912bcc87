import type { Failure } from './failure.js'
import type { Settings } from './settings.js'
import { show, type Handlers } from './views.js'

/** Shows a failure, and lets the service log its code. */
export function showFailure ({ publicUrl }: Settings, failure: Failure, handlers: Handlers): void {
  show(failure.view, { reason: failure.reason, origin: publicUrl }, handlers)
  if (failure.view !== 'session-ended') report(failure)
}

/** Sends two words of this code or of OAuth, and nothing of the user. A report that fails is dropped. */
export function report ({ view, code }: Failure): void {
  const body = JSON.stringify({ failure: view, code: /^[a-z\d_]{1,40}$/.test(code) ? code : 'other' })
  fetch('/sign-in-failures', { method: 'POST', headers: { 'content-type': 'application/json' }, body, keepalive: true }).catch(() => {})
}
