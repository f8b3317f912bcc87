import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { LogDestination, makeReadable, type WriteBytes } from '#greeting/log/destination.js'
import { stopClock } from '../../kit/clock.js'

const STANDARD_ERROR = 2

/** A file descriptor that takes what `take` says: a number of bytes, or fails with a code. */
function createFile (take: (bytes: Uint8Array) => number | string) {
  const written: Uint8Array[] = []
  const errors: string[] = []
  const writeBytes: WriteBytes = (fd, bytes) => {
    if (fd === STANDARD_ERROR) {
      errors.push(Buffer.from(bytes).toString())
      return bytes.length
    }
    const taken = take(bytes)
    if (typeof taken === 'string') throw Object.assign(new Error(taken), { code: taken })
    written.push(Uint8Array.from(bytes.subarray(0, taken)))
    return taken
  }
  return { destination: new LogDestination(1, writeBytes), written: () => Buffer.concat(written).toString(), errors }
}

t.test('lines are written at once, in as many parts as it takes', async (t) => {
  const { destination, written, errors } = createFile((bytes) => Math.min(3, bytes.length))
  destination.write('one line\n')
  destination.write('zwölf Zeilen\n')

  t.equal(written(), 'one line\nzwölf Zeilen\n')
  t.same(errors, [])
})

for (const code of ['ENOSPC', 'EIO', 'EPIPE', 'EBADF', 'EDQUOT', 'EFBIG']) {
  t.test(`${code}: lines are dropped, the standard error says so once, and writing goes on when it is possible`, async (t) => {
    const clock = stopClock(t)
    let isBroken = true
    const { destination, written, errors } = createFile((bytes) => isBroken ? code : bytes.length)
    for (let i = 0; i < 100; i++) destination.write('lost\n')
    t.same(errors, [`The log cannot be written (${code}): the service goes on, and log lines are lost\n`])

    isBroken = false
    destination.write('kept\n')
    t.equal(written(), 'kept\n')
    isBroken = true
    destination.write('lost\n')
    t.equal(errors.length, 1, 'not more than once a minute')
    clock.advance(60_000)
    destination.write('lost\n')
    t.equal(errors.length, 2)
  })
}

t.test('a line that was cut off does not run into the next one', async (t) => {
  const answers: Array<number | string> = [4, 'ENOSPC']
  const { destination, written } = createFile((bytes) => answers.shift() ?? bytes.length)
  destination.write('cut off\n')
  destination.write('whole\n')
  destination.write('whole\n')

  t.equal(written(), 'cut \nwhole\nwhole\n')
})

t.test('a pipe that takes nothing now is not waited for; it gets the lines later, in order, up to a limit', async (t) => {
  let isFull = true
  const { destination, written, errors } = createFile((bytes) => isFull ? 'EAGAIN' : bytes.length)
  for (const line of ['1\n', '2\n', '3\n']) destination.write(line)
  t.equal(written(), '')
  isFull = false
  while (written() === '') await sleep(5)
  t.equal(written(), '1\n2\n3\n')
  destination.write('4\n')
  t.equal(written(), '1\n2\n3\n4\n')

  isFull = true
  for (let i = 0; i < 40; i++) destination.write('x'.repeat(65_536))
  t.same(errors, ['The log cannot be written (its reader is too slow): the service goes on, and log lines are lost\n'])
  isFull = false
  destination.flush()
  t.ok(written().length < 2_000_000)
})

t.test('nothing is thrown if the standard error cannot be written', async (t) => {
  const destination = new LogDestination(1, () => { throw Object.assign(new Error(), { code: 'ENOSPC' }) })

  t.doesNotThrow(() => { destination.write('lost\n') })
})

t.test('a terminal gets lines for people', async (t) => {
  const lines: string[] = []
  const stream = await makeReadable({ write: (line) => { lines.push(line) } })
  stream.write('{"level":30,"time":1764234000000,"pid":1,"hostname":"a","reqId":"r-1","code":"FST_OKTA_GROUP_REQUIRED","group":"Fastify Okta","msg":"request refused"}\n')

  t.match(lines, [/^\S*\[\d\d:\d\d:\d\d\].*INFO.*request refused reqId=r-1 code=FST_OKTA_GROUP_REQUIRED group="Fastify Okta"\S*\n$/])
  t.notMatch(lines[0], /hostname|"level"/)
})

t.test('an error on a terminal has its causes, and the stack of each', async (t) => {
  const lines: string[] = []
  const stream = await makeReadable({ write: (line) => { lines.push(line) } })
  const err = { type: 'Error', message: 'it failed', stack: '    at a (b.js:1:1)', code: 'ECONNREFUSED', cause: { type: 'TypeError', message: 'no', stack: '' } }
  stream.write(`${JSON.stringify({ level: 50, time: 1764234000000, err, msg: 'request failed' })}\n`)
  stream.write('{"level":40,"time":1764234000000,"err":"string","missing":["keys"],"msg":"odd"}\n')

  t.match(lines[0], /request failed\n {4}Error: it failed code=ECONNREFUSED\n {4}at a \(b\.js:1:1\)\n {4}TypeError: no/)
  t.match(lines[1], 'odd missing=["keys"] error=string')
})
