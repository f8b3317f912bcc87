import type { Kernel } from '../kernel/kernel.js'
import { Applications } from '../resources/apps/store.js'
import { isTrustedOrigin } from '../resources/crud/trusted-origins.js'
import { originOf } from './redirect-uri.js'

/** True for a URL that the org may send a browser to: its own, of a trusted origin, or of the origin of a redirect URI. */
export function isRedirectTarget (kernel: Kernel, url: string): boolean {
  const origin = originOf(url)
  if (origin === undefined || !/^https?:$/.test(new URL(url).protocol)) return false
  return origin === new URL(kernel.orgUrl).origin || isTrustedOrigin(kernel, origin, 'REDIRECT') || isOriginOfApp(kernel, origin)
}

/** True for the origin of a redirect URI of an app. */
export function isOriginOfApp (kernel: Kernel, origin: string): boolean {
  return kernel.store(Applications).all().some(({ redirectUris }) => redirectUris.some((uri) => originOf(uri) === origin))
}
