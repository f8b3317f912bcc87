import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** The page for an error that must not be sent to a redirect URI, because none has been verified. */
export function createErrorPage (error: string, description = ''): Page {
  return createPage('Sign-in is not possible',
    `<p class="error" role="alert"><strong>${escapeHtml(error)}</strong> ${escapeHtml(description)}</p>`)
}
