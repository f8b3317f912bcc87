import t, { type Test } from 'tap'
import type { Message } from './connection.js'
import { expectAnswer, secretsOf, type Outcome } from './expectation.js'
import type { Issuer } from '../kit/issuer.js'
import { bearer, startTarget, type Target, type TargetOptions } from './target.js'

interface Named {
  /** Several attacks may be parts of one, under its number. */
  readonly number?: number
  readonly title: string
  /** Where an attack does not apply as it stands: what is tried in its place, or why an answer is right. */
  readonly why?: string
  /** A service of its own, where the one that the file shares will not do. */
  readonly target?: TargetOptions
}

/** Tokens, each sent by itself as a bearer token. */
export interface TokenAttack extends Named {
  readonly tokens: (issuer: Issuer) => Readonly<Record<string, string>>
  /** Default `/me`. */
  readonly at?: string
  readonly expected: Outcome | readonly Outcome[]
  /** Whether keys may be fetched for it; otherwise none are, and nothing else is asked of the issuer. */
  readonly mayFetch?: true
}

/** Requests, each sent on a connection of its own. */
export interface RequestAttack extends Named {
  readonly requests: (target: Target) => Readonly<Record<string, Message>>
  readonly expected: Outcome | readonly Outcome[]
  readonly mayFetch?: true
}

/** Whatever takes more than one step. */
export interface ScriptedAttack extends Named {
  readonly run: (t: Test, target: Target) => Promise<void>
  /** The issuer stays unavailable and no token passes afterwards; the service must live all the same. */
  readonly isLasting?: true
}

export type Attack = TokenAttack | RequestAttack | ScriptedAttack

/** Runs attacks one after the other. */
export function runAttacks (attacks: readonly Attack[]): void {
  let shared: Promise<Target> | undefined
  for (const attack of attacks) {
    const name = attack.number === undefined ? attack.title : `${attack.number}. ${attack.title}`
    t.test(name, async test => {
      const target = await (attack.target === undefined ? shared ??= startTarget(t) : startTarget(test, attack.target))
      if ('run' in attack) await attack.run(test, target)
      else await sendEach(test, target, attack)
      await expectAlive(test, target, 'isLasting' in attack)
    })
  }
}

async function sendEach (test: Test, target: Target, attack: TokenAttack | RequestAttack): Promise<void> {
  const outcomes = [attack.expected].flat() as Outcome[]
  const { issuer, log } = target
  for (const [title, message] of Object.entries(messagesOf(attack, target))) {
    const asked = issuer.requestLines.length
    const logged = log.length
    const secrets = secretsIn(message)
    const answer = await target.send(message)
    expectAnswer(test, title, answer, { outcomes, secrets, isHead: message.method === 'HEAD' })
    if (attack.mayFetch === undefined) test.strictSame(issuer.requestLines.slice(asked), [], `${title}: nothing is asked of the issuer`)
    expectNotLogged(test, title, log.slice(logged), secrets)
  }
}

function messagesOf (attack: TokenAttack | RequestAttack, target: Target): Readonly<Record<string, Message>> {
  if ('requests' in attack) return attack.requests(target)
  const { at = '/me' } = attack
  const tokens = attack.tokens(target.issuer)
  return Object.fromEntries(Object.entries(tokens).map(([title, token]) => [title, { target: at, headers: [bearer(token)] }]))
}

/** Every text of the credentials in a request. */
export function secretsIn ({ headers = [] }: Message): string[] {
  return headers
    .filter(([name]) => /^(?:authorization|dpop|cookie)$/i.test(name))
    .flatMap(([, value]) => value.split(/[ ,;="]+/).flatMap(secretsOf))
}

/** A segment of a token. Names, such as that of the issuer, may be logged where the service has them from elsewhere. */
const SEGMENT = /^[A-Za-z0-9_-]{40,}$/

/** No segment of a token gets into the log. */
export function expectNotLogged (test: Test, title: string, lines: readonly string[], secrets: readonly string[]): void {
  const text = lines.join('')
  const found = secrets.filter(secret => SEGMENT.test(secret) && text.includes(secret))
  test.strictSame(found, [], `${title}: nothing of the credentials is logged`)
}

async function expectAlive (test: Test, target: Target, isLasting: boolean): Promise<void> {
  const answer = isLasting
    ? await target.send({ target: '/livez' })
    : await target.get('/', target.issuer.mint())
  test.equal(answer.status, 200, 'the service is as it was')
}
