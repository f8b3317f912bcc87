import type { FastifySchema, RouteOptions } from 'fastify'
import { refusalsOfBody, refusalsOfGuard, responsesOf, type GuardFacts } from './refusals.js'
import { describeRequirement, requirementsOf } from './requirements.js'
import { securityOf, type SecuritySchemes } from './security.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For the document only, beside the schema and the guards. The route itself does not use it. */
    documented?: Documented
  }
}

/**
 * Described here rather than in the schema, by which Fastify would check or serialize every request: a route on the hot path
 * does that itself.
 */
interface Documented {
  readonly querystring?: object
  /** An example of the `text/plain` response. */
  readonly text?: string
  /** The errors of the route itself; one of each kind. */
  readonly refusals?: readonly Error[]
}

type Responses = Record<string, object>

/** Completes the schema of a route by its guards' requirements and its refusals. */
export function describeOperation (route: RouteOptions, schemes: SecuritySchemes, facts: GuardFacts): FastifySchema {
  const { schema = {}, config: { documented = {} } = {}, onRequest } = route
  const requirements = requirementsOf(onRequest)
  const security = securityOf(requirements, schemes)
  const refusals = [...requirements.flatMap(requirement => refusalsOfGuard(requirement, facts)), ...refusalsOfBody(route), ...documented.refusals ?? []]
  return {
    ...schema,
    description: [schema.description, ...requirements.flatMap(describeRequirement)].filter(Boolean).join('\n\n'),
    ...(documented.querystring === undefined ? {} : { querystring: documented.querystring }),
    ...(security === undefined ? {} : { security }),
    response: { ...responsesOf(refusals), ...withText(schema.response as Responses | undefined, documented.text) }
  }
}

function withText (responses: Responses = { 200: {} }, text: string | undefined): Responses {
  const { 200: json, ...others } = responses as { 200?: { description?: string } }
  if (text === undefined || json === undefined) return responses
  return {
    ...others,
    200: {
      description: json.description,
      content: { 'application/json': { schema: json }, 'text/plain': { schema: { type: 'string', examples: [text] } } }
    }
  }
}
