import { createRequire } from 'node:module'
import type { Assets } from './assets.js'
import { html, type Html } from './html.js'

/** The settings that pages need. */
export interface PageSettings {
  readonly issuer: string
  /** The public client at Okta that the page signs in with. */
  readonly clientId: string
  /** The origin that browsers use. */
  readonly publicUrl: string
  /** The group whose members are greeted. */
  readonly group: string
  readonly isDpopRequired: boolean
}

export interface PageContent {
  /** Which of the script's functions runs. */
  readonly page: string
  /** The name of the view that the main part is, if it is one. */
  readonly view?: string
  /** Where a sign-in from this page leads. */
  readonly destination?: string
  readonly title: string
  readonly main: Html
  /** Views that the script may show. */
  readonly views?: Html
}

/** A whole page. */
export function layOut (assets: Assets, settings: PageSettings, content: PageContent): Html {
  const { issuer, clientId, publicUrl, isDpopRequired } = settings
  const { page, title, main, view = '', destination = '', views = html`` } = content
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Greeting</title>
<link rel="icon" href="${assets['icon.svg'].path}" type="image/svg+xml">
<link rel="stylesheet" href="${assets['style.css'].path}">
<script type="module" src="${assets['page.js'].path}"></script>
</head>
<body data-page="${page}" data-destination="${destination}" data-issuer="${issuer}" data-client-id="${clientId}" data-public-url="${publicUrl}" data-dpop="${isDpopRequired ? 'required' : 'off'}">
<header><a href="/">Greeting</a></header>
<main data-view="${view}">
${main}
</main>
${FOOTER}
${views}
</body>
</html>
`
}

const FOOTER = createFooter(readSourceUrl())

function createFooter (sourceUrl: string | undefined): Html {
  return html`<footer><a href="/docs">API documentation</a>${sourceUrl === undefined ? '' : html` <a href="${sourceUrl}">Source code</a>`}</footer>`
}

/** The repository that package.json names, as an address for browsers. */
function readSourceUrl (): string | undefined {
  const { repository } = createRequire(import.meta.url)('fastify-okta/package.json') as { repository?: string | { url?: string } }
  const url = (typeof repository === 'string' ? repository : repository?.url)?.replace(/^git\+/, '').replace(/\.git$/, '')
  return url?.startsWith('https://') === true ? url : undefined
}
