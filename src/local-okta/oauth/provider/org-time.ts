import type { AdapterPayload } from 'oidc-provider'
import type { Clock } from '../../kernel/clock.js'

/*
 * oidc-provider reads the time from `Date` and lets nobody give it another. So what it stores and signs is moved by as
 * much as the org's clock is off: it goes on in the machine's time, and everybody else sees the org's.
 */

/** Members of what oidc-provider stores that are times, in seconds. */
const STORED_TIMES = ['iat', 'exp', 'iiat', 'authTime', 'loginTs', 'consumed'] as const
/** Claims that are times. */
const CLAIMED_TIMES = ['iat', 'exp', 'auth_time'] as const

/** What oidc-provider stores, with its times in the org's time. */
export function toOrgTime (payload: AdapterPayload, clock: Clock): AdapterPayload {
  return move(payload, STORED_TIMES, offsetSeconds(clock))
}

/** The reverse of {@link toOrgTime}. */
export function toMachineTime (payload: AdapterPayload, clock: Clock): AdapterPayload {
  return move(payload, STORED_TIMES, -offsetSeconds(clock))
}

/** Claims that oidc-provider has made, with their times in the org's time. */
export function claimsInOrgTime<T extends Record<string, unknown>> (claims: T, clock: Clock): T {
  return move(claims, CLAIMED_TIMES, offsetSeconds(clock))
}

/** How far the org's clock is ahead of the machine's, in whole seconds. */
export function offsetSeconds ({ offsetMs }: Clock): number {
  return Math.round(offsetMs / 1000)
}

function move<T extends Record<string, unknown>> (members: T, times: readonly string[], seconds: number): T {
  const moved = times.filter((name) => typeof members[name] === 'number').map((name) => [name, Number(members[name]) + seconds])
  return { ...members, ...Object.fromEntries(moved) }
}
