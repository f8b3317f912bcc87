/**
 * The headers of the documentation and of its files: it runs the scripts of this origin and no other, talks to this service
 * and, if people sign in on it, to Okta, and cannot be framed. swagger-ui writes markup itself, so trusted types cannot be
 * required as on the other pages.
 *
 * @param okta the origin of the issuer; `null` if nobody signs in on the page
 */
export function docsHeaders (okta: string | null): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // swagger-ui's style sheet holds its icons
    "img-src 'self' data:",
    `connect-src 'self'${okta === null ? '' : ` ${okta}`}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'"
  ]
  return {
    'content-security-policy': policy.join('; '),
    // the redirect from Okta has the code in its address
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY'
  }
}
