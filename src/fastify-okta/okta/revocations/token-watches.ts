import type { AccessTokenClaims } from '../access-token/claim-profile.js'
import { actorsOf, normalizeLogin, readSubjectKey } from './subject.js'

/** Why a token is not accepted any more. */
export type TokenEnd = 'revoked' | 'expired'

type WatchedClaims = Pick<AccessTokenClaims, 'uid' | 'sub' | 'act' | 'iat' | 'auth_time' | 'exp'>

interface TokenWatchesOptions {
  readonly isRevoked: (claims: WatchedClaims) => boolean
  /** Called with what a listener has thrown. */
  readonly onError: (error: unknown) => void
}

interface Watch {
  readonly claims: WatchedClaims
  readonly end: (end: TokenEnd) => void
}

/** A 32-bit timer of Node holds no more: a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The tokens behind connections that stay open, by user: each listener is called when its token is revoked or expires. */
export class TokenWatches {
  readonly #options: TokenWatchesOptions
  readonly #byId = new Map<string, Set<Watch>>()
  readonly #byLogin = new Map<string, Set<Watch>>()

  constructor (options: TokenWatchesOptions) {
    this.#options = options
  }

  /** Calls the listener once, never before this returns. Returns a function that stops it. */
  add (claims: WatchedClaims, listener: (end: TokenEnd) => void): () => void {
    let timer: NodeJS.Timeout | undefined
    let isStopped = false
    const actors = actorsOf(claims.act)
    // As watermarks find a token.
    const ids = [claims.uid ?? claims.sub, ...actors]
    const logins = [claims.sub, ...actors].map(normalizeLogin)
    const stop = (): void => {
      isStopped = true
      clearTimeout(timer)
      for (const id of ids) remove(this.#byId, id, watch)
      for (const login of logins) remove(this.#byLogin, login, watch)
    }
    const watch: Watch = {
      claims,
      end: (end) => {
        // A listener that was called just before may have stopped this one.
        if (isStopped) return
        stop()
        this.#call(listener, end)
      }
    }
    const wait = (): void => {
      const leftMs = claims.exp * 1000 - Date.now()
      const isRevoked = this.#options.isRevoked(claims)
      timer = setTimeout(() => {
        if (isRevoked) watch.end('revoked')
        else if (claims.exp * 1000 > Date.now()) wait()
        else watch.end('expired')
      }, isRevoked ? 0 : Math.min(Math.max(leftMs, 0), MAX_TIMER_MS)).unref()
    }
    for (const id of ids) insert(this.#byId, id, watch)
    for (const login of logins) insert(this.#byLogin, login, watch)
    wait()
    return stop
  }

  /** A watermark has moved: ends the watches whose tokens it refuses. */
  check (subject: string): void {
    for (const watch of this.#find(subject)) if (this.#options.isRevoked(watch.claims)) watch.end('revoked')
  }

  #find (subject: string): Watch[] {
    const named = readSubjectKey(subject)
    if (named === undefined) return []
    if (typeof named === 'string') return [...new Set([...this.#byId.values()].flatMap((watches) => [...watches]))]
    return [...('uid' in named ? this.#byId.get(named.uid) : this.#byLogin.get(named.login)) ?? []]
  }

  #call (listener: (end: TokenEnd) => void, end: TokenEnd): void {
    try {
      listener(end)
    } catch (error) {
      this.#options.onError(error)
    }
  }
}

function insert (watches: Map<string, Set<Watch>>, name: string, watch: Watch): void {
  const present = watches.get(name)
  if (present === undefined) watches.set(name, new Set([watch]))
  else present.add(watch)
}

function remove (watches: Map<string, Set<Watch>>, name: string, watch: Watch): void {
  const present = watches.get(name)
  if (present?.delete(watch) === true && present.size === 0) watches.delete(name)
}
