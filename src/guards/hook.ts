import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Challenge } from '../oauth/challenge.js'
import { readScheme } from '../oauth/credentials.js'
import type { DpopNonces } from '../oauth/dpop-nonces.js'

/**
 * A hook for `onRequest`. It answers a refusal by throwing; it settles without a promise where nothing has to be
 * waited for. Called by hand, without `done`, it returns a promise or nothing: `await` it.
 */
export type OktaHook = (request: FastifyRequest, reply: FastifyReply, done?: (error?: Error) => void) => void | Promise<void>

/** A hook that lets no request pass unauthenticated: behind it `request.claims` is not `null`, and the types of the route's handler say so. */
export type OktaGuard = OktaHook & { readonly authenticates: true }

/** Decides about a request: throws, now or later, to refuse it. */
export type Decide = (request: FastifyRequest) => void | Promise<void>

export interface HookFactory {
  toHook (name: string, decide: Decide): OktaHook
  /** For a decision that authenticates first. */
  toGuard (name: string, decide: Decide): OktaGuard
}

const REFUSED_HOOKS = ['preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'] as const

/**
 * Makes hooks of decisions, and sees to it that they are mounted as `onRequest` only: later, a stranger's body has
 * been read, parsed and validated, or the answer has been made. Any other place stops the start of the application.
 */
export function createHookFactory (fastify: FastifyInstance, challenge: Challenge, nonces: DpopNonces | null): HookFactory {
  const names = new WeakMap<object, string>()

  function refuseMount (hook: string, handler: unknown): void {
    const name = typeof handler === 'function' ? names.get(handler) : undefined
    if (name === undefined || hook === 'onRequest') return
    throw new TypeError(`okta.${name} is mounted as ${hook}: mount it as onRequest, so that it runs before the body is read`)
  }

  fastify.addHook('onRoute', route => {
    for (const hook of REFUSED_HOOKS) {
      for (const handler of [route[hook as keyof RouteOptions]].flat()) refuseMount(hook, handler)
    }
  })

  // Fastify tells of routes but not of hooks that are added to an instance, so its method is asked itself. Instances
  // made from this one inherit the answer.
  const { addHook } = fastify
  fastify.addHook = function (this: FastifyInstance, hook: string, handler: unknown) {
    refuseMount(hook, handler)
    return (addHook as (hook: string, handler: unknown) => FastifyInstance).call(this, hook, handler)
  } as typeof addHook

  function refuse (reply: FastifyReply, error: unknown): never {
    const challenges = challenge(error, readScheme(reply.request.headers.authorization))
    if (challenges.length > 0) reply.header('www-authenticate', [...challenges])
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number }
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    reply.header('cache-control', 'no-store')
    throw error
  }

  function toHook (name: string, decide: Decide): OktaHook {
    const hook: OktaHook = function (request, reply, done) {
      if (nonces !== null) reply.header('dpop-nonce', nonces.current())
      let pending: void | Promise<void>
      try {
        pending = decide(request)
      } catch (error) {
        refuse(reply, error)
      }
      if (pending === undefined) return done?.()
      return pending.catch((error: unknown) => refuse(reply, error))
    }
    names.set(hook, name)
    return hook
  }

  return {
    toHook,
    toGuard: (name, decide) => Object.assign(toHook(name, decide), { authenticates: true } as const)
  }
}
