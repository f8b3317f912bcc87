import type { FastifyReply, FastifyRequest } from 'fastify'
import { FastifyOktaError } from '../errors.js'
import type { Challenge } from '../oauth/challenge.js'
import { readScheme } from '../oauth/credentials.js'
import type { DpopNonces } from '../oauth/dpop-nonces.js'
import { deepFreezeWithoutPrototypes } from '../oauth/frozen.js'
import type { AccessTokenClaims } from '../okta/access-token/claim-profile.js'
import type { Decision, RefusalReason, SafeRecorder } from '../recorder.js'
import type { Check } from './authenticate.js'
import { traceGuard } from '../tracing.js'
import { markGuard, scopesOfRoute } from './mounting.js'
import { noteRefusal, overruleRefusals } from './refusals.js'
import type { OktaRequirement } from './requirement.js'

/**
 * The part of a request that a guard reads. Requests of every server of Fastify's have it, HTTP/2 included, whatever
 * their route's types say.
 */
export interface GuardedRequest {
  readonly headers: { readonly authorization?: string | undefined }
  readonly method: string
  readonly originalUrl: string
  readonly ip: string
}

/** The part of a reply that a guard writes to. */
export interface GuardedReply {
  header (name: string, value: unknown): unknown
}

/**
 * A hook for `onRequest`. Called by hand it returns a promise, which rejects to refuse; with `done` it calls that
 * instead, and returns nothing.
 */
export interface OktaHook {
  (request: GuardedRequest, reply: GuardedReply): Promise<void>
  (request: GuardedRequest, reply: GuardedReply, done: (error?: Error) => void): void
  /** What it was made to ask for. It cannot be changed. */
  readonly requirement: OktaRequirement
}

/** A hook that lets no request pass unauthenticated: behind it `request.claims` is not `null`. */
export interface OktaGuard extends OktaHook {
  readonly authenticates: true
}

interface HookFactoryOptions {
  readonly challenge: Challenge
  readonly nonces: DpopNonces | null
  readonly recorder: SafeRecorder
  /** The claims of the token that the request presents, if it is verified. */
  readonly findClaims: (request: FastifyRequest) => Readonly<AccessTokenClaims> | undefined
  /** Whether the request is for what everybody may read, whatever guards the application. */
  readonly isPublic: (request: FastifyRequest) => boolean
}

/** Makes hooks of checks, all of one registration. */
export interface HookFactory {
  /** Makes a hook of a check; the name is the one that traces and messages show. */
  createHook (name: string, check: Check, requirement: OktaRequirement): OktaHook
  /** For what refuses without being a hook. The challenge is sent if the error is. */
  refuse (request: FastifyRequest, hook: Hook, error: unknown, reply?: FastifyReply): void
}

/** A hook's name and what it asks for. */
export interface Hook {
  readonly name: string
  readonly requirement: OktaRequirement
}

type Done = (error?: Error) => void

export function createHookFactory ({ challenge, nonces, recorder, findClaims, isPublic }: HookFactoryOptions): HookFactory {
  const { recordDecision } = recorder
  const warnedOf = new Set<string>()

  function pass (request: FastifyRequest, reply: FastifyReply, hook: Hook): void {
    overruleRefusals(request)
    if (nonces !== null && readScheme(request.headers.authorization) === 'DPoP') reply.header('dpop-nonce', nonces.current())
    if (recordDecision !== undefined) decided(request, hook, { outcome: 'allowed' })
  }

  function refuse (request: FastifyRequest, hook: Hook, error: unknown, reply?: FastifyReply): void {
    const { code, reason, retryAfterSeconds } = error as { code: string, reason?: RefusalReason, retryAfterSeconds?: number }
    const scheme = readScheme(request.headers.authorization)
    const challenges = challenge(error, scheme, scopeOf(request, hook))
    const headers: Record<string, string | number | string[]> = { 'cache-control': 'no-store' }
    if (challenges.length > 0) headers['www-authenticate'] = [...challenges]
    if (retryAfterSeconds !== undefined) headers['retry-after'] = retryAfterSeconds
    if (nonces !== null && scheme !== 'Bearer') headers['dpop-nonce'] = nonces.current()
    const record = (): void => {
      // Of other errors the code may be any string.
      if (!(error instanceof FastifyOktaError)) return
      recorder.recordRefusal(code, reason)
      if (recordDecision !== undefined) decided(request, hook, { outcome: 'refused', code, ...(reason === undefined ? {} : { reason }) })
    }
    noteRefusal(request, { error, headers, record }, reply)
  }

  function decided (request: FastifyRequest, { name, requirement: { groups, scopes } }: Hook, outcome: Pick<Decision, 'outcome' | 'code' | 'reason'>): void {
    const claims = findClaims(request)
    // `identify` without credentials decides nothing.
    if (claims === undefined && outcome.outcome === 'allowed') return
    recordDecision?.({ ...outcome, guard: name, ...pickIdentity(claims), groups, scopes }, request)
  }

  function warnOfBody (request: FastifyRequest, { name }: Hook): void {
    if (request.body === undefined || warnedOf.has(name)) return
    warnedOf.add(name)
    request.log.warn({ guard: name, route: request.routeOptions.url }, `okta.${name} ran after the body was parsed: mount it as onRequest, so that it runs before the body is read`)
  }

  function createHook (name: string, check: Check, requirement: OktaRequirement): OktaHook {
    const hook = { name, requirement: deepFreezeWithoutPrototypes(requirement) }

    /** Notes a refusal, and returns the error to refuse with; `undefined` if the request passes nevertheless. */
    function toRefusal (request: FastifyRequest, reply: FastifyReply, error: unknown): Error | undefined {
      if (isPublic(request)) return undefined
      refuse(request, hook, error, reply)
      return error as Error
    }

    /** Resolves to the error to refuse with; to `undefined` if the request passes. */
    async function settle (request: FastifyRequest, reply: FastifyReply): Promise<Error | undefined> {
      try {
        await check.decide(request)
      } catch (error) {
        return toRefusal(request, reply, error)
      }
      pass(request, reply, hook)
      return undefined
    }

    async function decide (request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const error = await settle(request, reply)
      if (error !== undefined) throw error
    }

    function decideAtOnce (request: FastifyRequest, reply: FastifyReply, done: Done): void {
      let isRecalled: boolean
      try {
        isRecalled = check.recall(request)
      } catch (error) {
        done(toRefusal(request, reply, error))
        return
      }
      if (isRecalled) {
        pass(request, reply, hook)
        done()
      } else {
        settle(request, reply).then(done, done)
      }
    }

    // A computed name, as traces call a hook by the name of its function.
    const { [name]: guard } = {
      [name] (request: FastifyRequest, reply: FastifyReply, done?: Done): Promise<void> | undefined {
        warnOfBody(request, hook)
        if (done !== undefined && !traceGuard.isOn) {
          decideAtOnce(request, reply, done)
          return undefined
        }
        const decided = traceGuard.run({ guard: name }, async () => { await decide(request, reply) })
        if (done === undefined) return decided
        decided.then(() => { done() }, done)
        return undefined
      }
    }
    return markGuard(guard as unknown as OktaHook, hook)
  }

  return { createHook, refuse }
}

/** The scopes that the route asks for, this guard included, with spaces between them. */
function scopeOf (request: FastifyRequest, { requirement: { scopes } }: Hook): string {
  const others = scopesOfRoute(request)
  return others.length === 0 ? scopes.join(' ') : [...new Set([...others, ...scopes])].join(' ')
}

function pickIdentity (claims: Readonly<AccessTokenClaims> | undefined): Pick<Decision, 'uid' | 'cid' | 'jti'> {
  if (claims === undefined) return {}
  const { uid, cid, jti } = claims
  return { ...(uid === undefined ? {} : { uid }), cid, ...(typeof jti === 'string' ? { jti } : {}) }
}
