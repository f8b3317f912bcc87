import type { LocalOkta } from 'local-okta'

/** Posts a form as a browser without script does. */
export async function post ({ orgUrl }: LocalOkta, path: string, fields: Record<string, string> | URLSearchParams = {}, headers: Record<string, string> = {}): Promise<{ status: number, location: string, html: string }> {
  const response = await fetch(`${orgUrl}${path}`, {
    method: 'POST', redirect: 'manual', headers: { accept: 'text/html', origin: orgUrl, ...headers }, body: new URLSearchParams(fields)
  })
  return { status: response.status, location: response.headers.get('location') ?? '', html: await response.text() }
}

/** Opens a page. */
export async function read ({ orgUrl }: LocalOkta, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${orgUrl}${path}`, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })
}

/** The message of a refusal. */
export function alertIn (html: string): string {
  return /role="alert">([^<]*)</.exec(html)?.[1] ?? ''
}
