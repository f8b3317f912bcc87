import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { DirectoryFailure } from '#fastify-okta/okta/directory/directory-failure.js'
import { LOG_FILTER } from '#fastify-okta/okta/events/log-event.js'
import type { LogPositionStore } from '#fastify-okta/okta/events/log-position.js'
import type { OktaOrg } from '#fastify-okta/okta/events/okta-org.js'
import type { ReceivedMessage } from '#fastify-okta/okta/events/received-message.js'
import { SeenEvents } from '#fastify-okta/okta/events/seen-events.js'
import { SystemLog } from '#fastify-okta/okta/events/system-log.js'
import { SystemLogApi } from '#fastify-okta/okta/events/system-log-api.js'
import { ADA } from '../../../kit/access-token.js'
import { oktaEvent } from '../../../kit/event-hook.js'
import { eventually } from '../../../kit/eventually.js'
import { createRevocations } from '../../../kit/revocations.js'

const ORG = 'https://acme.okta.com'
const DAY_MS = 86_400_000
const GRACE = '00ugracehopper000001'

type Event = Record<string, unknown>

/** The System Log of an org: each event has its place, and a page has up to two. */
class Log {
  readonly events: Event[] = []
  /** The URLs that were read. */
  readonly read: string[] = []
  failure: DirectoryFailure | undefined
  remainingCalls: number | undefined

  add (type: string, userId: string, published = new Date()): void {
    this.events.push({ ...oktaEvent(type, ['User', userId]), published: published.toISOString(), uuid: randomUUID() })
  }

  api (): Pick<SystemLogApi, 'read' | 'urlSince' | 'isPage'> {
    const real = new SystemLogApi({ orgUrl: ORG, credentials: { token: 'x' } })
    return {
      urlSince: (since) => real.urlSince(since),
      isPage: (url) => real.isPage(url),
      read: async (url) => {
        this.read.push(url)
        if (this.failure !== undefined) throw this.failure
        const { searchParams } = new URL(url)
        if (searchParams.get('after') === 'gone') throw new DirectoryFailure('Okta answered 400 E0000029', { reason: 'unavailable', isOutage: false, status: 400 })
        const since = Date.parse(searchParams.get('since') ?? '')
        const after = Number(searchParams.get('after') ?? '0')
        const found = this.events.map((event, place) => ({ event, place })).slice(after).filter(({ event }) => !(Date.parse(event['published'] as string) < since)).slice(0, 2)
        const next = (found.at(-1)?.place ?? after - 1) + 1
        return { events: found.map(({ event }) => event), next: `${ORG}/api/v1/logs?after=${next}&filter=${encodeURIComponent(LOG_FILTER)}`, remainingCalls: this.remainingCalls }
      }
    }
  }
}

/** What replicas share. */
class Positions implements LogPositionStore {
  position: string | null = null
  holder: string | null = null
  isAvailable = true
  /** What happens when a position is saved. */
  onSave: () => void = () => {}

  async lease (_org: string, holder: string): Promise<{ position: string | null, freeInMs: number }> {
    this.#ask()
    if (this.holder !== null && this.holder !== holder) return { position: this.position, freeInMs: 20 }
    this.holder = holder
    return { position: this.position, freeInMs: 0 }
  }

  async save (_org: string, holder: string, position: string): Promise<boolean> {
    this.#ask()
    this.onSave()
    if (this.holder !== holder) return false
    this.position = position
    return true
  }

  #ask (): void {
    if (!this.isAvailable) throw new Error('the store is unavailable')
  }
}

interface Reader {
  readonly log: Log
  readonly systemLog: SystemLog
  readonly messages: ReceivedMessage[]
  readonly failures: string[]
  readonly recoveries: number[]
  isRevoked (userId: string, iat: number): boolean
  readonly evicted: string[]
}

function createReader (t: Test, { log = new Log(), store = null, pollMs = 5 }: { log?: Log, store?: LogPositionStore | null, pollMs?: number } = {}): Reader {
  const revocations = createRevocations(t)
  const evicted: string[] = []
  const org: OktaOrg = {
    url: ORG,
    issuers: new Set([ORG]),
    keys: null as never,
    directory: null,
    revocations: {
      raise: async (subject, at) => await revocations.raise(subject, at),
      evict: (userId) => evicted.push(userId) > 0,
      evictGroups: () => 0,
      evictAll: () => 0
    }
  }
  const messages: ReceivedMessage[] = []
  const failures: string[] = []
  const recoveries: number[] = []
  const systemLog = new SystemLog({
    org,
    api: log.api(),
    seen: new SeenEvents(),
    pollMs,
    maxTokenLifetimeMs: DAY_MS,
    userCacheCeilingMs: 3_600_000,
    store,
    onRead: () => {},
    onMessage: (message) => { messages.push(message) },
    onFailure: ({ message }) => { failures.push(message) },
    onRecovery: () => { recoveries.push(1) }
  })
  t.teardown(() => { systemLog.stop() })
  return { log, systemLog, messages, failures, recoveries, evicted, isRevoked: (uid, iat) => revocations.isRevoked({ uid, sub: uid, iat }) }
}

const secondsAgo = (seconds: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 - seconds * 1000)

t.test('at the start the log is read as far back as tokens live, whatever the number of its pages', async (t) => {
  const { log, systemLog, isRevoked, evicted, messages } = createReader(t)
  const early = secondsAgo(80_000)
  const recent = secondsAgo(1000)
  log.add('user.session.clear', '00uotherthan00000001', secondsAgo(90_000))
  log.add('user.lifecycle.suspend', ADA, early)
  for (let i = 0; i < 9; i++) log.add('user.session.clear', `00uanother0000000000${i}`, recent)
  log.add('group.user_membership.remove', GRACE, secondsAgo(5000))
  log.add('group.user_membership.remove', GRACE, secondsAgo(60))
  await systemLog.start()

  t.same([isRevoked(ADA, early.getTime() / 1000), isRevoked(ADA, early.getTime() / 1000 + 1)], [true, false])
  t.ok(isRevoked(`00uanother0000000000${8}`, recent.getTime() / 1000))
  t.same(evicted, [GRACE], 'no cache has a user from before the older change')
  const since = Date.parse(new URL(log.read[0] as string).searchParams.get('since') as string)
  t.ok(Math.abs(Date.now() - DAY_MS - since) < 60_000)
  t.match(messages[0], { source: 'system_log', type: 'user.lifecycle.suspend', effect: 'revoked', uids: [ADA], delaySeconds: Number })
})

t.test('from then on what is new takes effect, once, though it was published long before it arrived', async (t) => {
  const { log, systemLog, isRevoked, messages } = createReader(t)
  await systemLog.start()
  const late = secondsAgo(4000)
  log.add('user.session.clear', ADA, late)
  await eventually(() => isRevoked(ADA, late.getTime() / 1000), 'the event takes effect')
  const reads = log.read.length
  await eventually(() => log.read.length > reads + 3, 'the log is read again')

  t.equal(messages.length, 1)
  t.ok(log.read.slice(1).every((url) => new URL(url).searchParams.has('after')), 'it follows the links')
})

t.test('in the place of a page that Okta does not know any more, the log is read from its time, and a little before', async (t) => {
  const store = new Positions()
  store.position = JSON.stringify([secondsAgo(50).toISOString(), `${ORG}/api/v1/logs?after=gone&filter=${encodeURIComponent(LOG_FILTER)}`])
  const { log, systemLog, isRevoked, failures } = createReader(t, { store, pollMs: 10_000 })
  const late = secondsAgo(100)
  log.add('user.session.clear', ADA, late)
  await systemLog.start()

  t.same(log.read.slice(0, 2).map((url) => [...new URL(url).searchParams.keys()].includes('since')), [false, true])
  t.ok(isRevoked(ADA, late.getTime() / 1000), 'it has arrived late')
  t.same(failures, [])
})

t.test('a position that is not one, or leads to another server, is not used', async (t) => {
  const filter = encodeURIComponent(LOG_FILTER)
  const positions = [
    'x', '[]', '{}', '["yesterday",null]', JSON.stringify([secondsAgo(10).toISOString(), `https://evil.example/api/v1/logs?after=1&filter=${filter}`]),
    JSON.stringify([secondsAgo(10).toISOString(), `${ORG}/api/v1/users?after=1&filter=${filter}`]), JSON.stringify([secondsAgo(10).toISOString(), `${ORG}/api/v1/logs?after=1`])
  ]
  for (const position of positions) {
    const store = new Positions()
    store.position = position
    const { log, systemLog, isRevoked } = createReader(t, { store, pollMs: 10_000 })
    log.add('user.session.clear', ADA, secondsAgo(60))
    await systemLog.start()
    t.ok(isRevoked(ADA, secondsAgo(60).getTime() / 1000), position)
    t.ok(new URL(log.read[0] as string).searchParams.has('since'), position)
  }
})

t.test('one process of a fleet reads the log, another goes on where it stopped, and each by itself without the store', async (t) => {
  const log = new Log()
  const store = new Positions()
  const [one, two] = [createReader(t, { log, store }), createReader(t, { log, store })]
  await one.systemLog.start()
  await two.systemLog.start()
  log.add('user.session.clear', ADA)
  await eventually(() => one.messages.length === 1, 'the one that has the lease reads it')
  t.equal(two.messages.length, 0)

  one.systemLog.stop()
  store.holder = null
  log.add('user.session.clear', GRACE)
  await eventually(() => two.messages.some(({ uids }) => uids.includes(GRACE)), 'the other takes over')

  const three = createReader(t, { log, store })
  store.isAvailable = false
  await three.systemLog.start()
  t.ok(three.isRevoked(ADA, 0), 'without the store it reads for itself, from the beginning')
  log.add('user.session.clear', '00uathird00000000001')
  await eventually(() => [two, three].every(({ messages }) => messages.some(({ uids }) => uids.includes('00uathird00000000001'))), 'each reads by itself')
})

t.test('a store that does not answer, or throws at once, does not keep a process from reading the log again and again', async (t) => {
  const hang = async (): Promise<never> => await new Promise<never>(() => {})
  const fail = (): never => { throw new Error('the store is unavailable') }
  const lease = async (): Promise<{ position: null, freeInMs: number }> => ({ position: null, freeInMs: 0 })
  const stores: LogPositionStore[] = [{ lease: hang, save: async () => true }, { lease, save: hang }, { lease: fail, save: fail }]
  await Promise.all(stores.map(async (store) => {
    const { log, systemLog, messages } = createReader(t, { store })
    await systemLog.start()
    log.add('user.session.clear', ADA)
    await eventually(() => messages.length === 1, 'it is read')
    systemLog.stop()
  }))
})

t.test('a process that has lost its lease stops reading', async (t) => {
  const log = new Log()
  const store = new Positions()
  for (let i = 0; i < 10; i++) log.add('user.session.clear', `00uanother0000000000${i}`)
  const { systemLog } = createReader(t, { log, store, pollMs: 10_000 })
  store.onSave = () => { store.holder = 'another' }
  await systemLog.start()
  t.equal(log.read.length, 1, 'the rest of the pages is for the other')
})

t.test('a failure is reported once, and again if it is another; so is the recovery', async (t) => {
  const { log, systemLog, failures, recoveries, isRevoked } = createReader(t)
  const fail = async (failure: DirectoryFailure): Promise<void> => {
    log.failure = failure
    const reads = log.read.length
    await eventually(() => log.read.length > reads + 3, 'it is tried again')
  }
  await systemLog.start()
  await fail(new DirectoryFailure('Okta could not be reached', { reason: 'unavailable', isOutage: true }))
  await fail(new DirectoryFailure('Okta refuses the API token', { reason: 'refused', isOutage: true, status: 403 }))
  log.add('user.session.clear', ADA)
  log.failure = undefined
  await eventually(() => recoveries.length === 1, 'it is read again')

  t.same(failures, ['Okta could not be reached', 'Okta refuses the API token'])
  t.ok(isRevoked(ADA, 0), 'nothing was missed')
})

t.test('few calls that are left by the rate limit are left to others, and after a 429 Okta is left alone for as long as it says', async (t) => {
  const { log, systemLog, messages } = createReader(t, { pollMs: 10_000 })
  for (let i = 0; i < 6; i++) log.add('user.session.clear', `00uanother0000000000${i}`)
  log.remainingCalls = 9
  await systemLog.start()
  t.equal(messages.length, 2, 'one page')

  const limited = createReader(t)
  limited.log.failure = new DirectoryFailure('Okta\'s rate limit is exceeded', { reason: 'rate_limited', isOutage: true, status: 429, waitMs: 60_000 })
  await limited.systemLog.start()
  await new Promise((resolve) => { setTimeout(resolve, 100) })
  t.equal(limited.log.read.length, 1)
})
