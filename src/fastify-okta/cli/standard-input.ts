import type { ReadStream } from 'node:tty'
import { CommandFailure, Interrupted } from './exit.js'

/** Longer than any token or password, in characters. */
const MAX_CHARACTERS = 256 * 1024

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean, setRawMode?: ReadStream['setRawMode'] }

interface SecretSource {
  /** The prompt on a terminal. */
  readonly question: string
  readonly input?: Input
  readonly output?: NodeJS.WritableStream
}

/**
 * Reads a secret: on a terminal with a prompt and without echo, otherwise everything from the pipe. Surrounding white space
 * is removed.
 *
 * @throws {Interrupted} Ctrl+C
 */
export async function readSecret ({ question, input = process.stdin, output = process.stderr }: SecretSource): Promise<string> {
  if (input.isTTY !== true) return (await readAll(input)).trim()
  output.write(question)
  try {
    return (await readHiddenLine(input)).trim()
  } finally {
    output.write('\n')
  }
}

async function readAll (input: Input): Promise<string> {
  let text = ''
  input.setEncoding('utf8')
  for await (const chunk of input) {
    text += String(chunk)
    if (text.length > MAX_CHARACTERS) throw new CommandFailure('there is too much on the standard input')
  }
  return text
}

/** Raw mode: nothing is echoed, and a line may be longer than a terminal's usual 4095 bytes, as tokens are. */
async function readHiddenLine (input: Input): Promise<string> {
  input.setRawMode?.(true)
  input.setEncoding('utf8')
  let listener: (chunk: string) => void = () => {}
  try {
    return await new Promise((resolve, reject) => {
      const line: string[] = []
      listener = chunk => {
        for (const character of chunk) {
          if (character === '\r' || character === '\n' || character === '\u0004') return resolve(line.join(''))
          if (character === '\u0003') return reject(new Interrupted())
          if (character === '\u007f' || character === '\b') line.pop()
          else line.push(character)
        }
      }
      input.on('data', listener).once('end', () => { resolve(line.join('')) })
    })
  } finally {
    input.removeListener('data', listener)
    input.setRawMode?.(false)
    input.pause()
  }
}
