import type { FastifyInstance } from 'fastify'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'

export type Operation = OpenApi.OperationObject & { readonly method: 'GET' | 'PATCH', readonly path: string }

/** What the service says of itself. */
export async function readDocument (app: FastifyInstance): Promise<OpenApi.Document> {
  return (await app.inject('/openapi.json')).json()
}

export function operationsOf ({ paths = {} }: OpenApi.Document): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations as Record<string, OpenApi.OperationObject>).map(([method, operation]) =>
      ({ ...operation, method: method.toUpperCase() as Operation['method'], path })))
}

export function responsesOf ({ responses = {} }: OpenApi.OperationObject): Array<[status: string, response: OpenApi.ResponseObject]> {
  return Object.entries(responses) as Array<[string, OpenApi.ResponseObject]>
}
