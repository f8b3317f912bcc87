const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close'
}

const TEXTS = {
  done: ['Signed in', 'You are signed in. Close this page and go back to the terminal.'],
  failed: ['Not signed in', 'The sign-in failed. Close this page and go back to the terminal, which says why.'],
  unexpected: ['Not expected', 'No sign-in that was started in a terminal ends here.']
} as const

export type CallbackOutcome = keyof typeof TEXTS

/** The page at the end of a sign-in. It holds nothing of the request, so nothing needs escaping. */
export function callbackPage (outcome: CallbackOutcome) {
  const [title, text] = TEXTS[outcome]
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem; color-scheme: light dark }</style>
<main>
<h1>${title}</h1>
<p>${text}</p>
</main>
</html>
`
  return { status: outcome === 'done' ? 200 : 400, headers: HEADERS, html }
}
