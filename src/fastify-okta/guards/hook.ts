import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { FastifyOktaError, type ProofFault, type TokenFault } from '../errors.js'
import type { Challenge } from '../oauth/challenge.js'
import { readScheme } from '../oauth/credentials.js'
import type { DpopNonces } from '../oauth/dpop-nonces.js'
import { freezeJson } from '../oauth/frozen.js'
import type { SafeRecorder } from '../recorder.js'

/**
 * What a hook asks of a request, for whoever describes routes, as the author of an OpenAPI document does. Deeply frozen.
 *
 * Says what is asked for, not who is let in: an active user is asked for by every hook, where there is a directory.
 */
export interface OktaRequirement {
  /** `optional`: a request without credentials passes. Bad credentials are refused either way. */
  readonly authentication: 'required' | 'optional'
  /** Names or ids of groups: the user must be in one of them. Empty where no group is asked for. */
  readonly groups: readonly string[]
  /** The token must have all of these. Empty where no scope is asked for. */
  readonly scopes: readonly string[]
  /** The least strength of the sign-in; absent where any will do. */
  readonly acr?: string
  /** How long ago the user may have signed in, in seconds; absent where any time will do. */
  readonly maxAgeSeconds?: number
}

/**
 * A hook for `onRequest`. It answers a refusal by throwing; it settles without a promise where nothing has to be
 * waited for. Called by hand, without `done`, it returns a promise or nothing: `await` it.
 */
export type OktaHook = ((request: FastifyRequest, reply: FastifyReply, done?: (error?: Error) => void) => void | Promise<void>) & {
  /** What it was made to ask for. Changing it is not possible, and would change nothing. */
  readonly requirement: OktaRequirement
}

/** A hook that lets no request pass unauthenticated: behind it `request.claims` is not `null`, and the types of the route's handler say so. */
export type OktaGuard = OktaHook & { readonly authenticates: true }

/** Decides about a request: throws, now or later, to refuse it. */
export type Decide = (request: FastifyRequest) => void | Promise<void>

export interface HookFactoryOptions {
  readonly challenge: Challenge
  readonly nonces: DpopNonces | null
  readonly recorder: SafeRecorder
}

export interface HookFactory {
  /** For a decision that lets requests without credentials pass. */
  toHook (name: string, decide: Decide): OktaHook
  /** For a decision that authenticates first; `asks` is what it asks for beyond that. */
  toGuard (name: string, decide: Decide, asks?: Partial<OktaRequirement>): OktaGuard
}

const REFUSED_HOOKS = ['preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'] as const

/**
 * Makes hooks of decisions, and sees to it that they are mounted as `onRequest` only: later, a stranger's body has
 * been read, parsed and validated, or the answer has been made. Any other place stops the start of the application.
 */
export function createHookFactory (fastify: FastifyInstance, { challenge, nonces, recorder }: HookFactoryOptions): HookFactory {
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
    // Of anybody else's errors the code may be any text.
    if (error instanceof FastifyOktaError) recorder.recordRefusal(error.code, (error as { reason?: TokenFault | ProofFault }).reason)
    const challenges = challenge(error, readScheme(reply.request.headers.authorization))
    if (challenges.length > 0) reply.header('www-authenticate', [...challenges])
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number }
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    reply.header('cache-control', 'no-store')
    throw error
  }

  function createHook (name: string, decide: Decide, requirement: OktaRequirement): OktaHook {
    const hook = function (request: FastifyRequest, reply: FastifyReply, done?: (error?: Error) => void): void | Promise<void> {
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
    return Object.defineProperty(hook, 'requirement', { value: freezeJson(requirement), enumerable: true }) as OktaHook
  }

  return {
    toHook: (name, decide) => createHook(name, decide, { authentication: 'optional', groups: [], scopes: [] }),
    toGuard: (name, decide, asks) => {
      const hook = createHook(name, decide, { authentication: 'required', groups: [], scopes: [], ...asks })
      return Object.assign(hook, { authenticates: true } as const)
    }
  }
}
