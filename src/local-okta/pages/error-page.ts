import { createPage, escapeHtml } from './html.js'
import type { Page } from './html.js'

/** A fact that helps to find the mistake: a label, and one value or more. */
export type Fact = readonly [label: string, values: readonly string[]]

/** The page for an error that must not be sent to a redirect URI, because none has been verified. */
export function createErrorPage (error: string, description = '', facts: readonly Fact[] = []): Page {
  return createPage('Sign-in is not possible',
    `<p class="error" role="alert"><strong>${escapeHtml(error)}</strong> ${escapeHtml(description)}</p>${listOf(facts)}`)
}

function listOf (facts: readonly Fact[]): string {
  if (facts.length === 0) return ''
  const items = facts.map(([label, values]) =>
    `<dt>${escapeHtml(label)}</dt>${values.map((value) => `<dd><code>${escapeHtml(value)}</code></dd>`).join('')}`)
  return `\n<dl>${items.join('\n')}</dl>`
}
