import { createHash } from 'node:crypto'

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f4f5;color:#18181b}
main{box-sizing:border-box;width:min(28rem,100% - 2rem);margin:clamp(1rem,8vh,6rem) auto;padding:clamp(1.25rem,5vw,2rem);background:#fff;border:1px solid #d4d4d8;border-radius:.5rem}
h1{font-size:1.4rem;margin-top:0}
h2{font-size:1rem;margin:2rem 0 0}
label{display:block;margin-top:1rem;font-weight:600}
input,select{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid #71717a;border-radius:.25rem}
button{font:inherit;margin-top:1.5rem;padding:.6rem 1.2rem;border:0;border-radius:.25rem;background:#1d4ed8;color:#fff}
.secondary{margin-right:.5rem;background:none;color:inherit;border:1px solid #71717a}
:focus-visible{outline:3px solid #f59e0b;outline-offset:2px}
.people{list-style:none;margin:0 0 1.5rem;padding:0}
.people button{width:100%;margin-top:.5rem;text-align:left;background:#fff;color:#1e3a8a;border:1px solid #71717a}
.people span{display:block;font-size:.875rem}
code,dd{overflow-wrap:anywhere}
.qr-code svg{display:block;width:min(14rem,100%);margin:0 auto}
dt{margin-top:.75rem;font-weight:600}
dd{margin:0}
.error{padding:.5rem .75rem;border-left:4px solid #b91c1c;background:#fef2f2}
.note{color:#52525b;font-size:.875rem}
@media(prefers-color-scheme:dark){body{background:#18181b;color:#f4f4f5}main{background:#27272a;border-color:#52525b}
input,select{background:#18181b;color:#f4f4f5}a{color:#bfdbfe}.people button{background:#18181b;color:#bfdbfe}.error{background:#450a0a}.note{color:#d4d4d8}}`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** A page as a string, and the headers it must be sent with. */
export interface Page {
  html: string
  headers: Record<string, string>
}

/**
 * Lays out one of the org's pages: no script, no picture, nothing from
 * elsewhere. `main` is HTML already; everything in it that came from outside
 * must have been through {@link escapeHtml}. `formTargets` are sources of a
 * Content Security Policy: where the answer to a form may redirect to.
 */
export function createPage (title: string, main: string, formTargets: string[] = []): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
<p class="note">Local Okta, for development on this machine. Do not type real passwords here.</p>
</main>
</body>
</html>
`
  return { html, headers: pageHeaders(formTargets) }
}

/** Escapes a string for HTML, in quoted attributes too. */
export function escapeHtml (text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function pageHeaders (formTargets: string[]): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; ` +
      `form-action ${["'self'", ...formTargets].join(' ')}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-cache, no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff'
  }
}
