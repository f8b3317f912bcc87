import { isLoopback } from '../../../options/urls.js'
import { isLocalOrg } from '../../settings/service-settings.js'
import { fail, ok, skipped, warn, type Check } from '../check.js'
import { probeService } from '../service.js'

export const publicUrl: Check = {
  id: 'publicurl',
  why: 'The metadata document, the page, DPoP and the addresses for Okta are built on PUBLIC_URL: it must be the origin that callers use.',
  async run ({ settings }) {
    const { publicUrl: url, port, issuer } = settings
    if (url === undefined) return skipped('PUBLIC_URL is not set, and does not follow from HOST and PORT: metadata, page and DPoP are off')
    const answer = await probeService(url)
    switch (answer.kind) {
      case 'service': return answer.resource === url
        ? checkIssuers(answer.issuers, issuer, url)
        : fail(`the service at ${url} says that it is ${answer.resource}`, `set PUBLIC_URL=${url} for the service, or the other one here`)
      case 'other': return fail(`what answers at ${url} is not this service (${answer.status})`, 'stop the other program, or correct PUBLIC_URL and PORT; behind a proxy, check where it sends requests')
      case 'unreachable': return warn(`${url} cannot be reached from here (${answer.code})`, 'check the host name and the certificate, if callers cannot reach it either')
      case 'nothing': break
    }
    const { protocol, hostname, port: publicPort } = new URL(url)
    if (isLoopback(new URL(url)) && !isLocalOrg(settings)) return ok(`${url}: nothing listens there yet; callers on this machine only`)
    return isLoopback(new URL(url)) && protocol === 'http:' && publicPort !== String(port)
      ? warn(`PUBLIC_URL has the port ${publicPort || 80}, and the service listens on ${port}`, `set PUBLIC_URL=http://${hostname}:${port}, unless something else listens at ${url} and passes requests on`)
      : ok(`${url}: nothing listens there yet`)
  }
}

function checkIssuers (issuers: readonly string[], issuer: string | undefined, url: string) {
  return issuer === undefined || issuers.includes(issuer)
    ? ok(`the service answers at ${url}`)
    : warn(`the service at ${url} accepts tokens of ${issuers.join(', ')}`, 'start it again with these settings')
}
