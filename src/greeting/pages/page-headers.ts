/**
 * The headers of a page: it runs our script and no other, talks to this service and to Okta, cannot be framed, and sends no
 * `Referer` (the address of `/callback` holds the code until the script has read it).
 *
 * @param issuer `null` if nobody signs in on the page
 */
export function pageHeaders (issuer: string | null): Readonly<Record<string, string>> {
  const okta = issuer === null ? '' : ` ${new URL(issuer).origin}`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self'${okta}`,
    // signing out submits a form to Okta, which redirects back
    `form-action 'self'${okta}`,
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
