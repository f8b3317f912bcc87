import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import type { DpopMode, OktaRequirement } from 'fastify-okta'

/** How callers obtain an access token, and how they send it. */
export interface Access {
  readonly issuer: string
  readonly audience: string | readonly string[]
  /** The public client that signs people in on the page; `null` if there is none. */
  readonly clientId: string | null
  readonly dpop: DpopMode
}

export type SecuritySchemes = Record<string, OpenApi.SecuritySchemeObject>
type Security = OpenApi.SecurityRequirementObject[]

/** The scopes of every sign-in (OpenID Connect Core section 5.4). */
export const SIGN_IN_SCOPES = { openid: 'who you are', profile: 'your name and time zone', email: 'your email address' } as const

/**
 * The accepted ways to send an access token, and to sign in, if there is a client for that. Signing in on the page obtains a
 * bearer token, so it is left out if only bound tokens are accepted.
 */
export function securitySchemesOf ({ issuer, audience, clientId, dpop }: Access): SecuritySchemes {
  const token = `An access token of ${issuer} for ${[audience].flat().join(' or ')}`
  return {
    ...(clientId === null || dpop === 'required' ? {} : { okta: signInAt(issuer) }),
    ...(dpop === 'required' ? {} : { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: `${token} (RFC 6750).` } }),
    ...(dpop === 'off' ? {} : { dpop: { type: 'http', scheme: 'DPoP', description: `${token} that is bound to a key, with a proof of that key in the header \`DPoP\` (RFC 9449).` } })
  }
}

function signInAt (issuer: string): OpenApi.OAuth2SecurityScheme {
  return {
    type: 'oauth2',
    description: 'Sign in at Okta (authorization code with PKCE).',
    flows: { authorizationCode: { authorizationUrl: `${issuer}/v1/authorize`, tokenUrl: `${issuer}/v1/token`, scopes: { ...SIGN_IN_SCOPES } } }
  }
}

/** Any of the schemes, with all scopes; `{}` too, if credentials are optional. `undefined` for a route without a guard. */
export function securityOf (requirements: readonly OktaRequirement[], schemes: SecuritySchemes): Security | undefined {
  if (requirements.length === 0) return undefined
  const scopes = [...new Set(requirements.flatMap(requirement => requirement.scopes))]
  const isOptional = requirements.every(({ authentication }) => authentication === 'optional')
  return [...(isOptional ? [{}] : []), ...Object.keys(schemes).map(scheme => ({ [scheme]: scopes }))]
}

/** Offers every scope that a route requires when signing in. */
export function offerScopes (document: Partial<OpenApi.Document>): void {
  const scheme = (document.components?.securitySchemes as SecuritySchemes | undefined)?.['okta']
  if (scheme?.type !== 'oauth2') return
  const offered = scheme.flows.authorizationCode?.scopes ?? {}
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations as Record<string, OpenApi.OperationObject>)) {
      for (const scope of operation.security?.flatMap(({ okta = [] }) => okta) ?? []) offered[scope] ??= `for ${method.toUpperCase()} ${path}`
    }
  }
}
