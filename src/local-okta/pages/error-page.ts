import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** A fact that helps to find the mistake: a label, and one value or more. */
export type Fact = readonly [label: string, values: readonly string[]]

/** What helps with a redirect URI that is not registered: which was sent, which are registered, and for which app. */
export function redirectFacts (
  sent: string | undefined, registered: readonly string[], { label, id }: { label: string, id: string }
): Fact[] {
  return [
    ['Sent', [sent ?? '(none)']],
    ['Registered', registered.length > 0 ? registered : ['(none)']],
    ['App', [label, id]]
  ]
}

/** The page for an error that must not be sent to a redirect URI, because none has been verified. */
export function createErrorPage (
  error: string, description = '', facts: readonly Fact[] = [], title = 'Sign-in is not possible'
): Page {
  return createPage(title,
    `<p class="error" role="alert"><strong>${escapeHtml(error)}</strong> ${escapeHtml(description)}</p>${listOf(facts)}`)
}

function listOf (facts: readonly Fact[]): string {
  if (facts.length === 0) return ''
  const items = facts.map(([label, values]) =>
    `<dt>${escapeHtml(label)}</dt>${values.map((value) => `<dd><code>${escapeHtml(value)}</code></dd>`).join('')}`)
  return `\n<dl>${items.join('\n')}</dl>`
}
