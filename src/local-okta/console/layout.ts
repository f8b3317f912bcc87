import { createHash } from 'node:crypto'
import type { Page } from '../pages/html.js'
import { Markup, markup } from './markup.js'
import type { Content } from './markup.js'
import { CONSOLE } from './paths.js'
import { findLabel, markRefused } from './refused-field.js'
import { STYLE } from './style.js'

const STYLE_HASH = hashOf(STYLE)

/** The pages that every page links to, in Okta's words. */
const SECTIONS = [
  ['/', 'Home'],
  [`${CONSOLE}/people`, 'People'],
  [`${CONSOLE}/groups`, 'Groups'],
  [`${CONSOLE}/applications`, 'Applications'],
  [`${CONSOLE}/authorization-servers`, 'Authorization Servers'],
  [`${CONSOLE}/trusted-origins`, 'Trusted Origins'],
  [`${CONSOLE}/tokens`, 'Tokens'],
  [`${CONSOLE}/api-tokens`, 'API Tokens'],
  [`${CONSOLE}/event-hooks`, 'Event Hooks'],
  [`${CONSOLE}/security-events`, 'Security Events'],
  [`${CONSOLE}/sent-codes`, 'Sent Codes'],
  [`${CONSOLE}/system-log`, 'System Log'],
  [`${CONSOLE}/faults`, 'Faults']
] as const

/** The address of one of those pages. */
type Section = typeof SECTIONS[number][0]

/** What happened to the last form, for the top of a page. */
export interface Message {
  readonly text: string
  readonly isError: boolean
  /** The field of the form that a refusal is about. */
  readonly field?: string
}

/** A page of the console. */
export interface PageContent {
  readonly title: string
  readonly section: Section
  readonly message?: Message | undefined
  readonly content: Content
  /** Runs in the page, which works without it as well. May send requests to the org. */
  readonly script?: string
}

/** Lays out a page of the console: no script but its own, nothing from elsewhere, and its forms go to the console only. */
export function createConsolePage ({ title, section, message, content: shown, script = '' }: PageContent): Page {
  const { field = '', text = '' } = message ?? {}
  const body = markup`${shown}`.toString()
  const label = field === '' ? undefined : findLabel(body, field)
  const content = label === undefined ? body : markRefused(body, field, text)
  const html = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Local Okta</title>
<style>`.toString() + STYLE + markup`</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<div class="brand"><a href="/">Local Okta</a></div>
<nav aria-label="Console"><ul>
${SECTIONS.map(([href, name]) => markup`<li><a href="${href}"${href === section ? markup` aria-current="page"` : undefined}>${name}</a></li>
`)}</ul></nav>
</header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
${message && markup`<div class="message${message.isError ? ' error' : ''}" id="message"${
  content === body ? markup` tabindex="-1" autofocus` : undefined
} role="${message.isError ? 'alert' : 'status'}">${prefixOf(message, label)}${message.text}</div>`}
`.toString() + content + markup`
</main>
<footer>An Okta org in memory, for development on this machine. It loses everything when it stops. Do not type real passwords here.</footer>
`.toString() + (script === '' ? '' : `<script>${script}</script>\n`) + '</body>\n</html>\n'
  return { html, headers: { ...HEADERS, 'content-security-policy': policyFor(script) } }
}

// as the form calls it; by its own name if the page does not show it
function prefixOf ({ field }: Message, label: string | undefined): Content {
  return label === undefined ? field && `${field}: ` : new Markup(`${label}: `)
}

function policyFor (script: string): string {
  const scriptSources = script === '' ? '' : `script-src 'sha256-${hashOf(script)}'; connect-src 'self'; `
  return `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; ${scriptSources}form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
}

function hashOf (text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // not `no-referrer`: with it a browser sends `Origin: null` with the page's own forms
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff'
}
