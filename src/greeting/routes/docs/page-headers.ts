/**
 * The headers of the documentation and of what it loads: it runs the scripts of this origin and no other, talks to this
 * service and, if people sign in on it, to Okta, and cannot be framed. swagger-ui writes markup by itself, so trusted types
 * cannot be required as of our own pages.
 *
 * @param okta the origin of the issuer; `null` where nobody signs in on the page
 */
export function docsHeaders (okta: string | null): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // swagger-ui's style sheet has its icons in itself
    "img-src 'self' data:",
    `connect-src 'self'${okta === null ? '' : ` ${okta}`}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'"
  ]
  return {
    'content-security-policy': policy.join('; '),
    // the way back from Okta has the code in its address
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY'
  }
}
