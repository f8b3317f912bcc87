import { ok, skipped, warn, type Check } from '../check.js'

export const groupsClaim: Check = {
  id: 'groups.claim',
  why: 'Without a directory, groups come from the groups claim of the token; Okta adds none of its own accord.',
  needs: ['issuer.discovery'],
  async run ({ settings: { credentials, isOktaConfigured, issues } }) {
    if (credentials !== undefined) return ok('groups come from the directory; no claim is needed')
    if (!isOktaConfigured) return skipped('the service configures the local Okta itself')
    if (issues.some(({ check }) => check === 'directory.token')) return skipped('the directory is configured wrongly: see directory.token')
    return warn('there is no directory, and without Okta\'s API a claim cannot be seen from here: if tokens have no groups claim, every caller is refused',
      'set OKTA_CLIENT_TOKEN; or add Admin Console: Security > API > Authorization Servers > (server) > Claims > Add Claim: groups, Access Token, Groups, and look at a token with fastify-okta decode')
  }
}
