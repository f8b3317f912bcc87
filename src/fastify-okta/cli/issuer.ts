/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
export function isLoopback ({ hostname }: URL): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname)
}

/**
 * Which rule an issuer breaks, in words that follow its name; `undefined` if it can be used: a custom authorization server
 * of Okta, by https, or by plain http on the loopback.
 */
export function findIssuerIssue (issuer: string): string | undefined {
  if (issuer === '') return 'is empty'
  if (/["'`]/.test(issuer)) return 'has quotes in it: leave them out'
  if (/[\s,;]/.test(issuer)) return 'has a space or a comma in it: give one URL'
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(issuer)) return 'does not begin with https://'
  return URL.canParse(issuer) ? findUrlIssue(issuer, new URL(issuer)) : 'is not a URL'
}

function findUrlIssue (issuer: string, url: URL): string | undefined {
  const { protocol, hostname, pathname, username, password } = url
  if (protocol === 'http:' && !isLoopback(url)) return 'is plain http, which is accepted on the loopback only: use https'
  if (protocol !== 'https:' && protocol !== 'http:') return 'does not begin with https://'
  if (username !== '' || password !== '') return 'has a user name or a password in it'
  if (/[?#]/.test(issuer)) return 'has a query or a fragment'
  if (/-admin\.okta/.test(hostname)) return `is the -admin address: ${hostname.replace('-admin.', '.')} is meant`
  if (pathname === '/') return 'is the org server: add /oauth2/default'
  return issuer.endsWith('/') ? 'ends with a slash' : undefined
}
