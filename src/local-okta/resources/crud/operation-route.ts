import type { Operation } from '../../description/description.js'
import { validate } from '../../description/validate.js'
import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { ApiRequest, Route } from '../../kernel/route.js'

/** Makes a route of an operation of the description. */
export function toRoute (operation: Operation, answer: (kernel: Kernel, request: ApiRequest) => unknown): Route {
  const { method, path, isOutside = false, scope = 'okta.orgs.manage', status = 200 } = operation
  const isEmpty = status === 204 || status === 202 || operation.answer === undefined
  return {
    method,
    path,
    isOutside,
    scope,
    status,
    read: (given) => readBody(operation, given),
    answer: async (kernel, request) => {
      const answered = await answer(kernel, request)
      // a change that answers with another address answers with that of what was changed
      if (status === 301) return { status, headers: { location: `/api/v1${path.slice(0, path.lastIndexOf('/'))}` } }
      return isEmpty ? { status } : { status, body: answered }
    }
  }
}

function readBody ({ body, isBodyOptional, upload }: Operation, given: unknown): unknown {
  if (upload === true) return readUpload(given)
  if (body === undefined || (isBodyOptional === true && given === undefined)) return undefined
  const json = body.type === 'array' ? readArray(given) : readObject(given)
  const [issue] = validate(body, json)
  if (issue) throw invalid(issue.field, issue.cause)
  return json
}

// a file comes as a string: see the parsers of the API
function readUpload (given: unknown): string {
  if (typeof given !== 'string' || given === '') throw new OktaApiError('E0000003')
  return given
}

function readArray (given: unknown): Json {
  if (!Array.isArray(given)) throw new OktaApiError('E0000003')
  return given as unknown as Json
}
