import { PassThrough } from 'node:stream'
import t from 'tap'
import { describeDistance, describeDuration, describeTime } from '#fastify-okta/cli/decode/times.js'
import { didYouMean } from '#fastify-okta/options/did-you-mean.js'
import { readSecret } from '#fastify-okta/cli/standard-input.js'
import { Terminal } from '#fastify-okta/cli/terminal.js'

t.test('text is coloured on a terminal, unless NO_COLOR is set', async t => {
  const before = process.env['NO_COLOR']
  t.teardown(() => {
    if (before === undefined) delete process.env['NO_COLOR']
    else process.env['NO_COLOR'] = before
  })
  process.env['NO_COLOR'] = ''
  t.equal(open({ isTTY: false }).terminal.style('red', 'text'), 'text', 'not into a pipe')
  t.equal(open({ isTTY: true }).terminal.style('red', 'text'), '\u001b[31mtext\u001b[39m')
  process.env['NO_COLOR'] = '1'
  t.equal(open({ isTTY: true }).terminal.style('red', 'text'), 'text')
})

t.test('progress is shown on a terminal after a second, and cleared', async t => {
  const slow = open({ isTTY: true })
  t.equal(await slow.terminal.progress('Asking', waitFor(1300, 'done')), 'done')
  t.equal(slow.written(), '\r\u001b[KAsking … 1 s\r\u001b[K')

  const quick = open({ isTTY: true })
  await quick.terminal.progress('Asking', waitFor(1, 'done'))
  t.equal(quick.written(), '', 'not for what is quick')

  const piped = open({ isTTY: false })
  await piped.terminal.progress('Asking', waitFor(1100, 'done'))
  t.equal(piped.written(), '', 'not into a pipe')
})

t.test('a secret is asked for and not shown; backspace and Ctrl+C work', async t => {
  const typed: Array<[string[], string]> = [
    [['sec', 'ret\r'], 'secret'],
    [['secretx\u007f\n'], 'secret'],
    [[' a'.repeat(4), '\u0004'], 'a a a a'],
    [['x'.repeat(9000), '\r'], 'x'.repeat(9000)]
  ]
  for (const [chunks, read] of typed) {
    const { input, output, secret, modes } = ask()
    for (const chunk of chunks) input.write(chunk)
    t.equal(await secret, read)
    t.equal(String(output.read()), 'Password: \n')
    t.same(modes, [true, false], 'the terminal is as it was')
  }
  const { input, secret } = ask()
  input.write('sec\u0003')
  t.match(await secret.catch((error: unknown) => error), { exitCode: 130 })
})

t.test('too much on the standard input is refused', async t => {
  const input = new PassThrough()
  input.end('x'.repeat(300_000))
  await t.rejects(readSecret({ question: '', input }), /too much on the standard input/)
})

t.test('times are local dates with how far off they are', async t => {
  t.match(describeTime(1_795_492_800, 1_795_492_800 - 720), /^2[34] Nov 2026, .*, in 12 minutes$/)
  t.equal(describeTime(1e300, 0), undefined)
  t.equal(describeTime('soon', 0), undefined)
  t.same([0.4, -3 * 3600, 60, -90, 5, 3 * 86_400].map(describeDistance), ['now', '3 hours ago', 'in 1 minute', '90 seconds ago', 'in 5 seconds', 'in 3 days'])
  t.same([1, 3600, 90_000].map(describeDuration), ['1 second', '1 hour', '25 hours'])
})

t.test('the word that was meant is found by its beginning or its letters, or not at all', async t => {
  const words = ['setup', 'doctor', 'token', 'decode']
  t.same(['dec', 'tkoen', 'docter', 'xyz', ''].map(given => didYouMean(given, words)), ['decode', 'token', 'doctor', undefined, undefined])
})

/** A terminal whose two streams are one, and what was written to them. */
function open ({ isTTY }: { isTTY: boolean }) {
  const chunks: string[] = []
  const stream = { isTTY, write: (text: string) => chunks.push(text) } as unknown as NodeJS.WriteStream
  return { terminal: new Terminal({ isJson: false, isDebug: false, stdout: stream, stderr: stream }), written: () => chunks.join('') }
}

function ask () {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => { modes.push(mode) } })
  const output = new PassThrough()
  return { input, output, modes, secret: readSecret({ question: 'Password: ', input: input as never, output }) }
}

async function waitFor<T> (ms: number, value: T): Promise<T> {
  return await new Promise(resolve => { setTimeout(() => { resolve(value) }, ms) })
}
