import type { FastifyInstance } from 'fastify'
import { createResourceMetadata, RESOURCE_METADATA_SCHEMA, resourceMetadataPath, type ResourceMetadataOptions } from '../oauth/resource-metadata.js'
import { publicRouteConfig } from './public-route.js'

/** The documents of an application by path, on its root instance. */
const DOCUMENTS = Symbol('fastify-okta.metadata')

type Documents = Map<string, Array<() => ResourceMetadataOptions>>

/** What a host that describes its routes says of the one that the plugin adds. */
const SCHEMA = {
  operationId: 'readResourceMetadata',
  summary: 'Accepted access tokens',
  description: 'The protected resource metadata (RFC 9728): the trusted issuers, the scopes that routes ask for, and the DPoP algorithms. For clients that know only the address of this service.',
  tags: ['discovery'],
  response: { 200: RESOURCE_METADATA_SCHEMA }
} as const

/** Allows what a client in a browser sends: MCP clients send a header of their own, so the browser asks first. */
const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400'
}

/**
 * Serves the metadata of the protected resource at the path that the challenges name. That path is one of the whole
 * origin (RFC 9728 section 3.1), so the route is one of the root instance, whatever the prefix of the scope in which the
 * plugin is registered. If several registrations have one public URL, one document tells of all of them. A guard of the whole
 * application lets requests for it pass (RFC 9728 section 3).
 */
export function serveResourceMetadata (fastify: FastifyInstance, publicUrl: string, describe: () => ResourceMetadataOptions): void {
  const root = rootOf(fastify)
  const documents = documentsOf(root)
  const path = resourceMetadataPath(publicUrl)
  const parts = documents.get(path)
  if (parts !== undefined) {
    parts.push(describe)
    return
  }
  const described = [describe]
  documents.set(path, described)

  root.get(path, { schema: SCHEMA, config: publicRouteConfig() }, async (_request, reply) => {
    reply.header('access-control-allow-origin', '*')
    return createResourceMetadata(merge(described.map((part) => part())))
  })
  root.options(path, { schema: { hide: true } as object, config: publicRouteConfig() }, async (_request, reply) => {
    await reply.code(204).headers(PREFLIGHT_HEADERS).send()
  })
}

/** The instance that all others inherit from. */
function rootOf (fastify: FastifyInstance): FastifyInstance {
  const parent = Object.getPrototypeOf(fastify) as FastifyInstance
  return parent === Object.prototype as unknown ? fastify : rootOf(parent)
}

function documentsOf (root: FastifyInstance): Documents {
  const carrier = root as { [DOCUMENTS]?: Documents }
  carrier[DOCUMENTS] ??= new Map()
  return carrier[DOCUMENTS]
}

function merge (parts: readonly ResourceMetadataOptions[]): ResourceMetadataOptions {
  const [{ publicUrl }] = parts as [ResourceMetadataOptions]
  const modes = new Set(parts.map(({ dpop }) => dpop))
  return {
    publicUrl,
    issuers: [...new Set(parts.flatMap(({ issuers }) => issuers))],
    scopes: [...new Set(parts.flatMap(({ scopes }) => scopes))],
    dpop: modes.size > 1 ? 'allowed' : parts[0]!.dpop
  }
}
