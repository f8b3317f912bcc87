import { ok, type Check } from '../check.js'

/** Settings that break a rule are reported before a check runs, so what is left is right. */
export const issuerForm: Check = {
  id: 'issuer.form',
  why: 'Tokens name their issuer, and it is compared with the setting character by character.',
  run: async ({ settings: { issuer, isOktaConfigured } }) =>
    ok(isOktaConfigured ? String(issuer) : `${issuer}: no OKTA_ setting is given, so the service starts the local Okta, and this is its usual address`)
}
