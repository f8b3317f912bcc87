import { createHash } from 'node:crypto'
import type { Page } from './html.js'

/**
 * The page of `okta_post_message`: it posts the response to its opener, if it is a popup, or to its parent. May be
 * shown in a frame. Only windows of this origin receive the message.
 */
export function createPostMessagePage (response: Record<string, unknown>, origin: string): Page {
  const script = `(window.opener || window.parent).postMessage(${toScript(response)}, ${toScript(origin)})`
  const hash = createHash('sha256').update(script).digest('base64')
  return {
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in</title></head>
<body><script>${script}</script></body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'`,
      'cache-control': 'no-cache, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff'
    }
  }
}

// JSON that cannot end the script element it stands in
function toScript (value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
