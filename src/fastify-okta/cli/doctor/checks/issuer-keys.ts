import { FetchFailedError } from '../../../oauth/fetch-json.js'
import { fail, ok, warn, type Check } from '../check.js'
import { describeFetchFailure } from '../issuer.js'

export const issuerKeys: Check = {
  id: 'issuer.keys',
  why: 'Without a key of the issuer no token can be verified: every request is 503.',
  needs: ['issuer.discovery'],
  async run ({ issuer }) {
    try {
      const { keys, refused } = await issuer.readKeys()
      if (keys.size === 0) return fail('the issuer publishes no RSA key for RS256', 'Admin Console: Security > API > Authorization Servers > (server) > Settings > Rotate signing keys')
      const faults = refused.map(({ fault }) => fault.replaceAll('_', ' ')).join(', ')
      return refused.length === 0 ? ok(`${keys.size} keys for RS256`) : warn(`${keys.size} keys for RS256; not used: ${faults}`, 'nothing, if tokens verify: other keys are used')
    } catch (error) {
      const why = error instanceof FetchFailedError ? describeFetchFailure(error) : 'are not a JWK Set'
      return fail(`the keys ${why}`, 'open {issuer}/v1/keys from this machine; check the firewall and HTTPS_PROXY')
    }
  }
}
