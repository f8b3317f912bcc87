import { html, type Html } from '../../pages/html.js'

interface DocsPageOptions {
  /** The paths of style sheets, in order. */
  readonly styles: readonly string[]
  /** The path of swagger-ui, which is not a module. */
  readonly swaggerUi: string
  readonly script: string
  readonly icon: string
  /** The public client that signs people in on the page; `null` if there is none. */
  readonly clientId: string | null
  readonly scopes: readonly string[]
  /** Where Okta redirects to after a sign-in on the page. */
  readonly redirectPath: string
}

/** The page of the documentation, which swagger-ui fills. */
export function docsPage ({ styles, swaggerUi, script, icon, clientId, scopes, redirectPath }: DocsPageOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Greeting: the routes</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
${concat(styles.map((path) => html`<link rel="stylesheet" href="${path}">`))}
<script defer src="${swaggerUi}"></script>
<script type="module" src="${script}"></script>
</head>
<body data-client-id="${clientId ?? ''}" data-scopes="${scopes.join(' ')}" data-redirect-path="${redirectPath}">
<noscript><p>This page needs JavaScript, which is off in this browser. The same description for programs: <code>/openapi.json</code></p></noscript>
<div id="swagger-ui"></div>
</body>
</html>
`
}

function concat (parts: readonly Html[]): Html {
  return parts.reduce((before, part) => html`${before}${part}`, html``)
}
