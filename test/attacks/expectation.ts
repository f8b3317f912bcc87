import { STATUS_CODES } from 'node:http'
import type { Test } from 'tap'
import type { Answer } from './connection.js'
import { usualKey } from '../kit/signing-key.js'
import { API_TOKEN, PUBLIC_URL } from './target.js'

/** What a refusal of one code looks like, besides the code. */
interface Refusal {
  readonly status: number
  /** The scheme that the error is said in; `null` if either will do. */
  readonly scheme?: 'Bearer' | 'DPoP' | null
  /** The error of the challenge. */
  readonly error?: string
  /** The challenge has no error. */
  readonly isBare?: true
}

const REFUSALS = {
  FST_OKTA_MISSING_CREDENTIALS: { status: 401, isBare: true },
  FST_OKTA_INVALID_REQUEST: { status: 400, scheme: null, error: 'invalid_request' },
  FST_OKTA_INVALID_TOKEN: { status: 401, scheme: null, error: 'invalid_token' },
  FST_OKTA_INVALID_LOGOUT_TOKEN: { status: 401, scheme: 'Bearer', error: 'invalid_token' },
  FST_OKTA_INVALID_LOGOUT_REQUEST: { status: 400 },
  FST_OKTA_UNKNOWN_SUBJECT: { status: 404 },
  FST_OKTA_INVALID_DPOP_PROOF: { status: 401, scheme: 'DPoP', error: 'invalid_dpop_proof' },
  FST_OKTA_USE_DPOP_NONCE: { status: 401, scheme: 'DPoP', error: 'use_dpop_nonce' },
  FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION: { status: 401, scheme: null, error: 'insufficient_user_authentication' },
  FST_OKTA_INSUFFICIENT_SCOPE: { status: 403, scheme: null, error: 'insufficient_scope' },
  FST_OKTA_GROUP_REQUIRED: { status: 403 },
  FST_OKTA_USER_INACTIVE: { status: 403 },
  FST_OKTA_ISSUER_UNAVAILABLE: { status: 503 },
  FST_OKTA_DIRECTORY_UNAVAILABLE: { status: 503 },
  FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE: { status: 503 }
} as const satisfies Record<string, Refusal>

/** How a request may end: the code of a refusal, `OK`, or the status of a refusal by the server itself, without a challenge. */
export type Outcome = keyof typeof REFUSALS | 'OK' | number

export interface Challenge {
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

/** Nothing like these may leave the service, whatever the request was. */
const NEVER_SAID = [/node_modules/, /\bat (?:async )?[\w.<>]+ \(/, /127\.0\.0\.1/, /SSWS/, new RegExp(API_TOKEN), /\.[cm]?[jt]s:\d/, new RegExp(`\\b${usualKey.kid}\\b`)]
/** RFC 6750 section 3. */
const DESCRIPTION = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/
const SHORTEST_SECRET = 6

export interface Expected {
  /** Any one of these. */
  readonly outcomes: readonly Outcome[]
  /** Texts of the request that must not come back. */
  readonly secrets?: readonly string[]
  readonly isHead?: boolean
}

/** Holds an answer against what is expected, and a refusal against all that must hold for any refusal. */
export function expectAnswer (t: Test, title: string, answer: Answer, { outcomes, secrets = [], isHead = false }: Expected): void {
  const outcome = outcomes.find(candidate => statusOf(candidate) === answer.status && isSaid(candidate, answer, isHead))
  if (outcome === undefined) {
    t.fail(`${title}: should be ${outcomes.join(' or ')}`, { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? null, body: answer.body.slice(0, 400) })
    return
  }
  const faults = outcome === 'OK' ? [] : findFaults(outcome, answer, secrets, isHead)
  t.strictSame(faults, [], `${title}: ${outcome}`)
}

function statusOf (outcome: Outcome): number {
  if (typeof outcome === 'number') return outcome
  return outcome === 'OK' ? 200 : REFUSALS[outcome].status
}

/** Whether the code in the body, or for HEAD the error in the challenge, is that of the outcome. */
function isSaid (outcome: Outcome, { body, headers }: Answer, isHead: boolean): boolean {
  if (outcome === 'OK' || typeof outcome === 'number') return true
  const { error }: Refusal = REFUSALS[outcome]
  if (isHead) return error === undefined || (headers.get('www-authenticate') ?? []).some((line) => line.includes(`error="${error}"`))
  return body.includes(`"${outcome}"`)
}

function findFaults (outcome: Exclude<Outcome, 'OK'>, answer: Answer, secrets: readonly string[], isHead: boolean): string[] {
  const faults = [...findCommonFaults(answer, secrets), ...(isHead ? findHeadFaults(answer) : findBodyFaults(answer))]
  const challenges = parseChallenges(answer)
  const refusal: Refusal = typeof outcome === 'number' ? { status: outcome } : REFUSALS[outcome]
  return [...faults, ...findChallengeFaults(refusal, challenges)]
}

function findCommonFaults ({ status, headers, body }: Answer, secrets: readonly string[]): string[] {
  const everything = [body, ...[...headers].flatMap(([name, values]) => values.map(value => `${name}: ${value}`))].join('\n')
  // The name of the service and the scope of a route are public.
  const said = everything.replaceAll(PUBLIC_URL, '').replace(/ scope="[^"]*"/, '')
  return [
    ...(headers.get('cache-control')?.join() === 'no-store' ? [] : ['there is no Cache-Control: no-store']),
    ...(status !== 503 || /^[1-9]\d*$/.test(headers.get('retry-after')?.join() ?? '') ? [] : ['503 without Retry-After']),
    ...NEVER_SAID.filter(pattern => pattern.test(said)).map(pattern => `it says ${pattern.source}`),
    ...secrets.filter(secret => secret.length >= SHORTEST_SECRET && said.includes(secret)).map(secret => `it repeats ${secret.slice(0, 60)}`)
  ]
}

function findHeadFaults ({ body }: Answer): string[] {
  return body === '' ? [] : ['an answer to HEAD has a body']
}

function findBodyFaults ({ status, body }: Answer): string[] {
  let refusal: unknown
  try {
    refusal = JSON.parse(body)
  } catch {
    return ['the body is not JSON']
  }
  const { statusCode, error, message, code, ...rest } = refusal as Record<string, unknown>
  return [
    ...(statusCode === status ? [] : ['the body has another status']),
    ...(error === STATUS_CODES[status] ? [] : ['the body has another reason phrase']),
    ...(typeof message === 'string' && message !== '' ? [] : ['the body has no message']),
    ...(code === undefined || /^FST_[A-Z_]+$/.test(String(code)) ? [] : ['the body has a code of another form']),
    ...(Object.keys(rest).length === 0 ? [] : [`the body has more members: ${Object.keys(rest).join()}`])
  ]
}

function findChallengeFaults ({ status, scheme, error, isBare }: Refusal, challenges: readonly Challenge[]): string[] {
  if (error === undefined && isBare === undefined) return challenges.length === 0 ? [] : [`${status} has a challenge`]
  if (challenges.length === 0) return ['there is no challenge']
  const withErrors = challenges.filter(({ parameters }) => parameters.has('error'))
  const descriptions = challenges.flatMap(({ parameters }) => parameters.get('error_description') ?? [])
  return [
    ...challenges.filter(({ parameters }) => parameters.get('realm') === undefined).map(challenge => `the ${challenge.scheme} challenge has no realm`),
    ...challenges.filter(challenge => challenge.scheme === 'DPoP' && !challenge.parameters.has('algs')).map(() => 'the DPoP challenge has no algs'),
    ...descriptions.filter(description => !DESCRIPTION.test(description)).map(description => `error_description has other characters: ${description}`),
    ...(isBare && withErrors.length > 0 ? ['a bare challenge has an error'] : []),
    ...(isBare || withErrors.map(({ parameters }) => parameters.get('error')).join() === error ? [] : ['the error is not said once, and as it is called']),
    ...(scheme === 'DPoP' && withErrors[0]?.scheme !== 'DPoP' ? ['the error is not in the DPoP challenge'] : []),
    ...(new Set(challenges.map(challenge => challenge.scheme)).size === challenges.length ? [] : ['a scheme is challenged twice'])
  ]
}

/** Reads `WWW-Authenticate`, one challenge a line (RFC 9110 section 11.6.1); a line of another form has no parameters. */
export function parseChallenges ({ headers }: Answer): Challenge[] {
  return (headers.get('www-authenticate') ?? []).map(line => {
    const [, scheme = line, parameters = ''] = /^(\S+) ((?:[a-z_]+="[^"\\]*"(?:, |$))+)$/.exec(line) ?? []
    return { scheme, parameters: new Map([...parameters.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [name as string, value as string])) }
  })
}

/** What a token says, as texts that must not come back: its segments, and every text in its header and claims. */
export function secretsOf (text: string): string[] {
  return text.split('.').filter(segment => segment.length > SHORTEST_SECRET && segment.length < 50_000).flatMap(segment => [segment, ...textsIn(segment)])
}

function textsIn (segment: string): string[] {
  const found: string[] = []
  try {
    JSON.parse(Buffer.from(segment, 'base64url').toString(), (_name, value: unknown) => {
      if (typeof value === 'string') found.push(value)
      return value
    })
  } catch {
    // no JSON, no texts
  }
  return found
}
