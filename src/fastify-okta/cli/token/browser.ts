import { spawn } from 'node:child_process'

/** What opens a page in the browser of whoever is signed in at this machine. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler']
}

/**
 * Tries to open a page in the browser. Nobody is told if that fails: there may be none, and the address is printed anyway.
 * The address is seen in the list of processes, and is no secret: it has the challenge in it, and not its verifier.
 */
export function openBrowser (url: string): void {
  const [opener, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const child = spawn(opener, [...args, url], { stdio: 'ignore', detached: true })
  child.once('error', () => {})
  child.unref()
}
