import { DELIVERY_METHODS } from './stream.js'

/** `/.well-known/ssf-configuration`: the transmitter's metadata. As with Okta it names no status and no subject endpoints. */
export function createSsfMetadata (orgUrl: string): Record<string, unknown> {
  return {
    issuer: orgUrl,
    jwks_uri: `${orgUrl}/oauth2/v1/keys`,
    spec_version: '1_0-ID3',
    configuration_endpoint: `${orgUrl}/api/v1/ssf/stream`,
    verification_endpoint: `${orgUrl}/api/v1/ssf/stream/verification`,
    delivery_methods_supported: [...DELIVERY_METHODS],
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL'
  }
}
