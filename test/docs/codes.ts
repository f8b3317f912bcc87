import { FastifyOktaError } from 'fastify-okta'

/** The code of a class of errors, which says it once it is made, with whatever it takes; nothing for other exports. */
export function codeOf (exported: unknown): string[] {
  if (typeof exported !== 'function' || !(exported.prototype instanceof FastifyOktaError)) return []
  const { code } = new (exported as new (...parameters: unknown[]) => FastifyOktaError)('', 1)
  return [code]
}
