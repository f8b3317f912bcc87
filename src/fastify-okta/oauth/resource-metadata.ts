import type { DpopMode } from './challenge.js'
import { DPOP_ALGORITHMS } from './dpop-proof.js'

/** What clients that do not know the service can read of it (RFC 9728 section 2). */
interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly dpop_signing_alg_values_supported?: readonly string[]
  readonly dpop_bound_access_tokens_required?: true
}

const URI = { type: 'string', format: 'uri' } as const
const STRINGS = { type: 'array', items: { type: 'string' } } as const

/** The JSON Schema of {@link ResourceMetadata}. */
export const RESOURCE_METADATA_SCHEMA = {
  description: 'The metadata of this service as a protected resource.',
  type: 'object',
  required: ['resource', 'authorization_servers', 'bearer_methods_supported'],
  properties: {
    resource: URI,
    authorization_servers: { type: 'array', items: URI },
    scopes_supported: STRINGS,
    bearer_methods_supported: STRINGS,
    dpop_signing_alg_values_supported: STRINGS,
    dpop_bound_access_tokens_required: { type: 'boolean' }
  } satisfies Record<keyof ResourceMetadata, object>
} as const

export interface ResourceMetadataOptions {
  readonly publicUrl: string
  readonly issuers: readonly string[]
  readonly scopes: readonly string[]
  readonly dpop: DpopMode
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** RFC 9728 section 3.1: the well-known part stands between the host and the path of the resource. */
export function resourceMetadataUrl (publicUrl: string): string {
  const { origin, pathname } = new URL(publicUrl)
  return `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
}

export function resourceMetadataPath (publicUrl: string): string {
  return new URL(resourceMetadataUrl(publicUrl)).pathname
}

/** Says what is so and nothing else: the issuers that are trusted, the scopes that routes ask for, the way DPoP is set. */
export function createResourceMetadata ({ publicUrl, issuers, scopes, dpop }: ResourceMetadataOptions): ResourceMetadata {
  return {
    resource: publicUrl,
    authorization_servers: issuers,
    ...(scopes.length === 0 ? {} : { scopes_supported: [...scopes].sort() }),
    bearer_methods_supported: ['header'],
    ...(dpop === 'off' ? {} : { dpop_signing_alg_values_supported: DPOP_ALGORITHMS }),
    ...(dpop === 'required' ? { dpop_bound_access_tokens_required: true } : {})
  }
}
