import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { OktaHook } from './hook.js'
import type { OktaRequirement } from './requirement.js'

/** The name of a guard, on its function; a guard of one registration is recognised by another. */
const GUARD = Symbol('fastify-okta.guard')
/** The scopes that the guards of a route ask for, in the route's config. */
const SCOPES = Symbol('fastify-okta.scopes')

/** What marks a function as a guard. */
interface Marks {
  readonly [GUARD]: string
  readonly requirement: OktaRequirement
  readonly authenticates?: true
}

const LATE_HOOKS = ['preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'] as const

/** Marks a function as the guard of this name, permanently. */
export function markGuard (hook: OktaHook, { name, requirement }: { name: string, requirement: OktaRequirement }): OktaHook {
  const authenticates = requirement.authentication === 'required' ? { authenticates: true } as const : {}
  return Object.freeze(Object.assign(hook, { [GUARD]: name, requirement, ...authenticates }))
}

/** The scopes that the guards of the request's route ask for, those of its instance's hooks not included. */
export function scopesOfRoute (request: FastifyRequest): readonly string[] {
  return (request.routeOptions.config as { [SCOPES]?: readonly string[] })[SCOPES] ?? []
}

/**
 * Sees to it that guards are mounted as `onRequest` only: later, the body of an unknown caller has been read, parsed and
 * validated, or the answer has been made. Any other place stops the start of the application. A guard inside another
 * function, such as one of `@fastify/auth`'s or an arrow function, cannot be seen here.
 *
 * Notes the scopes that a route asks for, and keeps what describes a guard on its route where another plugin puts a
 * function of its own in place of the guard, as `@fastify/otel` does.
 */
export function watchMounts (fastify: FastifyInstance): void {
  const guardsOfRoutes = new Map<RouteOptions, ReadonlyArray<Marks | undefined>>()

  addFirstOnRoute(fastify, (route) => {
    for (const hook of LATE_HOOKS) refuseGuards(hook, route[hook])
    const guards = [route.onRequest].flat().map(marksOf)
    if (!guards.some(Boolean)) return
    guardsOfRoutes.set(route, guards)
    const scopes = guards.flatMap((guard) => guard?.requirement.scopes ?? [])
    if (scopes.length > 0) route.config = { ...route.config, [SCOPES]: scopes } as NonNullable<RouteOptions['config']>
  })

  function describeAgain (route: RouteOptions): void {
    const guards = guardsOfRoutes.get(route) ?? []
    for (const [i, hook] of [route.onRequest].flat().entries()) {
      const marks = guards[i]
      if (hook !== undefined && marks !== undefined && marksOf(hook) === undefined) Object.assign(hook, marks)
    }
  }
  fastify.addHook('onRoute', describeAgain)
  // What is registered after this plugin may have put other functions there since.
  fastify.addHook('onReady', (done) => {
    for (const route of guardsOfRoutes.keys()) describeAgain(route)
    guardsOfRoutes.clear()
    done()
  })
  refuseLateHooks(fastify)
}

/**
 * Fastify runs these hooks in the order in which they were added, and has no way to add one that runs first. If @fastify/otel
 * is registered before this plugin, its hook has by then put functions of its own in place of the guards, and says nothing of
 * what they call; at `onReady` it is too late for the same reason. So this hook is moved to the front of Fastify's list, which
 * is under a symbol that Fastify does not export. If a later version has no such symbol the hook runs last, and guards are
 * not seen only if another plugin has replaced them before.
 */
function addFirstOnRoute (fastify: FastifyInstance, hook: (route: RouteOptions) => void): void {
  fastify.addHook('onRoute', hook)
  const key = Object.getOwnPropertySymbols(fastify).find(({ description }) => description === 'fastify.hooks')
  const hooks = key === undefined ? undefined : (fastify as unknown as Record<symbol, { onRoute?: unknown[] }>)[key]?.onRoute
  if (hooks?.at(-1) === hook) hooks.unshift(hooks.pop())
}

/**
 * Fastify tells of routes, but neither of hooks that are added to an instance nor of those of a not-found handler, and has
 * no public way to read them later. These two methods are therefore passed through a check, as @fastify/otel passes them
 * through its own. Instances made from this one inherit them.
 */
function refuseLateHooks (fastify: FastifyInstance): void {
  const { addHook, setNotFoundHandler } = fastify as unknown as Record<string, (...values: unknown[]) => FastifyInstance>
  Object.assign(fastify, {
    addHook (this: FastifyInstance, hook: string, handler: unknown): FastifyInstance {
      if (hook !== 'onRequest') refuseGuards(hook, handler)
      return addHook!.call(this, hook, handler)
    },
    setNotFoundHandler (this: FastifyInstance, ...values: unknown[]): FastifyInstance {
      // Without arguments it gives the default handler the hooks that were added before.
      const { preValidation, preHandler } = (values[0] ?? {}) as Record<string, unknown>
      refuseGuards('preValidation', preValidation)
      refuseGuards('preHandler', preHandler)
      return setNotFoundHandler!.apply(this, values)
    }
  })
}

function refuseGuards (hook: string, handlers: unknown): void {
  for (const handler of [handlers].flat()) {
    const marks = marksOf(handler)
    if (marks !== undefined) throw new TypeError(`okta.${marks[GUARD]} is mounted as ${hook}: mount it as onRequest, so that it runs before the body is read`)
  }
}

function marksOf (handler: unknown): Marks | undefined {
  if (typeof handler !== 'function' || !(GUARD in handler)) return undefined
  const { [GUARD]: name, requirement, authenticates } = handler as unknown as Marks
  return { [GUARD]: name, requirement, ...(authenticates === undefined ? {} : { authenticates }) }
}
