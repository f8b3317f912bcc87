import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Control, LocalOktaSnapshot } from './control.js'
import { invalid, OktaApiError } from './kernel/errors.js'
import { readFault, writeFault } from './kernel/faults.js'
import { readObject } from './kernel/json.js'
import type { Json } from './kernel/json.js'

/** A snapshot of ten thousand users fits. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * Registers `/local/…`, by which tests in other processes control the local Okta. They need no token, so a page elsewhere
 * must not reach them: requests with a foreign or `null` Origin are refused.
 */
export function registerControl (app: FastifyInstance, control: Control): void {
  app.addHook('onRequest', async (request) => { rejectForeignOrigin(request) })
  const bodyLimit = MAX_BODY_BYTES

  app.post('/reset', async (_request, reply) => {
    control.reset()
    return reply.code(204).send()
  })
  app.get('/snapshot', async () => control.snapshot())
  app.put('/snapshot', { bodyLimit }, async (request, reply) => {
    refuse('snapshot', () => { control.restore(readObject(request.body) as unknown as LocalOktaSnapshot) })
    return reply.code(204).send()
  })
  app.get('/clock', async () => timeOf(control))
  app.post('/clock', async (request) => {
    refuse('clock', () => { moveClock(control, readObject(request.body)) })
    return timeOf(control)
  })
  app.delete('/clock', async (_request, reply) => {
    control.clock.reset()
    return reply.code(204).send()
  })
  app.get('/faults', async () => control.faults.list().map((fault) => writeFault(fault)))
  app.post('/faults', async (request, reply) => {
    control.faults.add(readFault(readObject(request.body)))
    return reply.code(204).send()
  })
  app.delete('/faults', async (_request, reply) => {
    control.faults.clear()
    return reply.code(204).send()
  })
  app.get('/keys', async () => (await control.keys()).list())
  app.post('/keys/rotate', async () => {
    const keys = await control.keys()
    await keys.rotate()
    return { kid: keys.active.kid }
  })
  app.delete('/keys/:kid', async (request, reply) => {
    const keys = await control.keys()
    refuse('kid', () => { keys.retire((request.params as { kid: string }).kid) })
    return reply.code(204).send()
  })
  app.get('/requests', async () => control.requests.recorded)
  app.delete('/requests', async (_request, reply) => {
    control.requests.clear()
    return reply.code(204).send()
  })
}

function timeOf ({ clock }: Control): { now: string } {
  return { now: new Date(clock.now()).toISOString() }
}

function moveClock ({ clock }: Control, { advance, set, ...others }: Json): void {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw invalid(unknown, 'is not a member: there are advance and set')
  if ((advance === undefined) === (set === undefined)) throw invalid('advance', 'Either advance or set is required')
  if (set === undefined) {
    if (typeof advance !== 'number') throw invalid('advance', 'must be a number of milliseconds')
    clock.advance(advance)
  } else {
    if (typeof set !== 'string') throw invalid('set', 'must be a date, such as 2026-01-10T08:00:00Z')
    clock.set(set)
  }
}

// the Host is checked before: it is the loopback, or allowed
function rejectForeignOrigin ({ headers: { origin, host } }: FastifyRequest): void {
  if (origin !== undefined && origin !== `http://${host}`) throw new OktaApiError('E0000006', undefined, ['The Origin is not that of the local Okta'])
}

// what the programmatic API throws for a wrong argument
function refuse (field: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (error instanceof TypeError) throw invalid(field, error.message)
    throw error
  }
}
