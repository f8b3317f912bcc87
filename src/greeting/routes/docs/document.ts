import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import { RefusalBody } from '../../http/refusals.js'
import { describeOperation } from './operation.js'
import { offerScopes, securitySchemesOf, type Access } from './security.js'

const TAGS = [
  { name: 'greeting', description: 'The greeting.' },
  { name: 'account', description: 'The caller\'s account.' },
  { name: 'discovery', description: 'For clients that know only the address.' },
  { name: 'operations', description: 'For operators.' }
]

/**
 * Makes an OpenAPI document, for `app.swagger()`, from the schemas and the guards of the routes that are added from now on.
 * Nothing in it is maintained by hand, so it cannot differ from the routes.
 *
 * @param publicUrl the origin that callers use; `null` if it is not known
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
