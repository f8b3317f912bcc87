import type { Assets } from './assets.js'
import { html, type Html } from './html.js'

/** What pages are made from. */
export interface PageSettings {
  readonly issuer: string
  /** The public client that the page is, at Okta. */
  readonly clientId: string
  /** The origin that browsers use. */
  readonly publicUrl: string
  /** Who may be greeted. */
  readonly group: string
  readonly isDpopRequired: boolean
}

export interface PageContent {
  /** What the page's script does. */
  readonly page: string
  /** Which of the views the main part is, if it is one. */
  readonly view?: string
  readonly title: string
  readonly main: Html
  /** Views to come. */
  readonly views?: Html
}

/** A whole page. */
export function layOut (assets: Assets, settings: PageSettings, { page, title, main, view = '', views = html`` }: PageContent): Html {
  const { issuer, clientId, publicUrl, isDpopRequired } = settings
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
<body data-page="${page}" data-issuer="${issuer}" data-client-id="${clientId}" data-public-url="${publicUrl}" data-dpop="${isDpopRequired ? 'required' : 'off'}">
<header><a href="/">Greeting</a></header>
<main data-view="${view}">
${main}
</main>
${views}
</body>
</html>
`
}
