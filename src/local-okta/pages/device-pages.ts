import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** Asks for the code that a device shows. `form` is oidc-provider's own form. */
export function createDeviceCodePage (form: string, failed: boolean): Page {
  const error = failed ? '<p class="error" role="alert">This code is not valid, or no longer.</p>' : ''
  return createPage('Activate your device', `${error}<p>Enter the code your device shows.</p>
${form}<button type="submit" form="op.deviceInputForm">Next</button>`)
}

/** Asks whether the device of this app may sign in. */
export function createDeviceConfirmPage (form: string, clientName: string, userCode: string): Page {
  return createPage('Activate your device', `<p>${escapeHtml(clientName)} shows the code <code>${escapeHtml(userCode)}</code>?</p>
${form}<button type="submit" form="op.deviceConfirmForm">Yes, sign it in</button>
<button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">No</button>`)
}

/** Says that the device is not signed in, as the person wanted. */
export function createDeviceRefusedPage (): Page {
  return createPage('Device not activated', '<p>Your device is not signed in. You may close this page.</p>')
}

/** Says that the device is signed in. */
export function createDeviceDonePage (): Page {
  return createPage('Device activated', '<p>Your device is signed in. You may close this page.</p>')
}
