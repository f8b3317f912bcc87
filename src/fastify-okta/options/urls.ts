import { findStringIssue, hasControlCharacter } from './values.js'

const OKTA_HOST = /\.(?:(?:okta|oktapreview|okta-emea|okta-gov|trexcloud)\.com|okta\.mil)$/
const ADMIN_HOST = /^([a-z0-9-]+)-admin(\.(?:(?:okta|oktapreview|okta-emea|okta-gov|trexcloud)\.com|okta\.mil))$/
const PLACEHOLDER = /\$?\{[\w. -]{1,40}\}|<[\w. -]{1,40}>|yourOktaDomain/i
const ENDPOINT = /\/v1\/(?:authorize|token|keys|introspect|revoke|logout|userinfo|device\/authorize|clients)$/

/*
 * What is wrong with an address, in words that follow its name; `null` if nothing is. They name the one rule that is
 * broken. `new URL` trims and repairs, so an address must also be equal to what it is parsed to. They contain no more
 * of the address than a host or a placeholder: it may have a password in it.
 */

/** https, or http on the loopback, without user name, password and fragment. */
export function findUrlIssue (value: unknown, { allowsQuery = true }: { readonly allowsQuery?: boolean } = {}): string | null {
  if (typeof value !== 'string') return 'must be a string'
  const issue = findTextIssue(value)
  if (issue !== null) return issue
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL'
  if (url.protocol === 'http:' && !isLoopback(url)) return 'must be an https URL: plain http is accepted on the loopback only'
  if (url.username !== '' || url.password !== '') return 'contains a user name or password'
  if (value.includes('#')) return 'has a fragment'
  if (value.includes('?') && !allowsQuery) return 'has a query'
  const admin = ADMIN_HOST.exec(url.hostname)
  if (admin !== null) return `is the -admin address: ${admin[1]}${admin[2]} is meant`
  if (/\.com\.com$/.test(url.hostname)) return 'ends its host with .com twice'
  return findSpellingIssue(value, url)
}

function findSpellingIssue (value: string, url: URL): string | null {
  if (url.href === value || url.href === `${value}/`) return null
  if (!value.startsWith(url.origin)) return `must have its scheme and host as ${url.origin}`
  if (url.port === '' && value[url.origin.length] === ':') return 'names the default port: leave it off'
  return 'has a path that is not in its normal form, such as .. or an unescaped character'
}

/** The same, without a query, and without a slash at the end: it is put before paths, or compared as it is. */
export function findBaseUrlIssue (value: unknown): string | null {
  const issue = findUrlIssue(value, { allowsQuery: false })
  if (issue !== null) return issue
  const text = value as string
  if (text.endsWith('/')) return 'ends with a slash'
  if (text.replace('://', '').includes('//')) return 'has a double slash'
  return null
}

/**
 * The issuer of an Okta authorization server, exactly as its tokens name it.
 *
 * @param allowsOrgServer whether an org authorization server is accepted, as with introspection
 */
export function findIssuerIssue (value: unknown, { allowsOrgServer = false }: { readonly allowsOrgServer?: boolean } = {}): string | null {
  if (typeof value === 'string' && value.includes('/.well-known/')) return 'is the address of a document: leave off /.well-known/ and what follows'
  const issue = findBaseUrlIssue(value)
  if (issue !== null) return issue
  const url = new URL(value as string)
  const isOrgServer = url.pathname === '/'
  if (isOrgServer) return !allowsOrgServer && (OKTA_HOST.test(url.hostname) || isLoopback(url)) ? 'is the org server: add /oauth2/default' : null
  if (url.pathname === '/oauth2') return 'names no authorization server: add /default'
  const endpoint = ENDPOINT.exec(url.pathname)
  if (endpoint !== null) return `is the address of an endpoint: leave off ${endpoint[0]}`
  if (OKTA_HOST.test(url.hostname) && !/^\/oauth2\/[\w.-]+$/.test(url.pathname)) return 'must have the path /oauth2/{authorization server}'
  return null
}

/** The address of an Okta org: an origin. A slash at the end is allowed, as Okta's own configuration does. */
export function findOrgUrlIssue (value: unknown): string | null {
  const issue = findUrlIssue(value, { allowsQuery: false })
  if (issue !== null) return issue
  return new URL(value as string).pathname === '/' ? null : 'has a path: only the address of the org is meant'
}

/** @throws {TypeError} */
export function assertNoIssue (option: string, issue: string | null, more = ''): void {
  if (issue !== null) throw new TypeError(`${option} ${issue}${more}`)
}

function findTextIssue (text: string): string | null {
  if (/\S[\s,;]+https?:\/\//i.test(text)) return 'names more than one address'
  const placeholder = PLACEHOLDER.exec(text)
  if (placeholder !== null && !hasControlCharacter(text)) return `contains the placeholder ${placeholder[0]}: put your own value there`
  const issue = findStringIssue(text)
  if (issue !== null) return issue
  if (/\s/.test(text)) return 'contains a space'
  if (/^https?:\/\/https?:/i.test(text)) return 'has its scheme twice'
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'must be an https URL: it has no scheme, so put https:// in front'
  return URL.canParse(text) ? null : 'must be an https URL: it cannot be parsed'
}

/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
export function isLoopback ({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
