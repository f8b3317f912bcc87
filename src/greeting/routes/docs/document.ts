import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { RefusalBody } from '../../refusals.js'
import { describeOperation } from './operation.js'
import { offerScopes, securitySchemesOf, type Access } from './security.js'

const TAGS = [
  { name: 'greeting', description: 'What this service is for.' },
  { name: 'account', description: 'What is known of the caller.' },
  { name: 'discovery', description: 'For clients that know only the address.' },
  { name: 'operations', description: 'For those who run it.' }
]

/**
 * Makes an OpenAPI document of the routes that are added from now on, for `app.swagger()`: of their schemas, and of what
 * their guards say that they ask for. Nothing in it is kept by hand, so that it cannot say of a route what is not so.
 *
 * @param publicUrl the origin that callers use; `null` where it is not known
 */
export async function describeRoutes (app: FastifyInstance, access: Access, publicUrl: string | null): Promise<void> {
  const securitySchemes = securitySchemesOf(access)
  app.addSchema(RefusalBody)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: readInfo(),
      ...(publicUrl === null ? {} : { servers: [{ url: publicUrl }] }),
      tags: TAGS,
      components: { securitySchemes }
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: ({ $id }, _baseUri, _fragment, i) => typeof $id === 'string' ? $id : `def-${i}` },
    transform: ({ route, url }) => ({
      url,
      schema: describeOperation(route, securitySchemes, { hasDirectory: app.okta.directory !== null, dpop: access.dpop })
    }),
    transformObject: document => {
      const { openapiObject } = document as { openapiObject: Partial<OpenApi.Document> }
      offerScopes(openapiObject)
      return openapiObject
    }
  })
}

function readInfo (): OpenApi.InfoObject {
  const { name, version, description, license } = createRequire(import.meta.url)('greeting/package.json') as Record<'name' | 'version' | 'description' | 'license', string>
  return { title: name, version, description, license: { name: license, identifier: license } }
}
