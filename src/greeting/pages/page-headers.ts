/**
 * The headers of a page: it runs our script and no other, talks to this service and to Okta, cannot be framed, and tells
 * nobody where it was (`/callback` has the code in its address until the script has read it).
 */
export function pageHeaders (issuer: string): Readonly<Record<string, string>> {
  const { origin: okta } = new URL(issuer)
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${okta}`,
    // signing out is a form for Okta, which answers with the way back
    `form-action 'self' ${okta}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY'
  }
}
