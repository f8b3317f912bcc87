import { spawn } from 'node:child_process'

/** The program that opens a page in the user's browser. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler']
}

/**
 * Tries to open a page in the browser. A failure is ignored: the URL is printed anyway. `ps` shows the URL, which is not a
 * secret: it holds the PKCE challenge, not the verifier.
 */
export function openBrowser (url: string): void {
  const [opener, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(opener, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', () => {})
  child.unref()
}
