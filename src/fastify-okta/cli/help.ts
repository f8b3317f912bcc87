import { COMMON_OPTIONS, type Command, type CommandOption, type OptionTable } from './command.js'
import { listCommands, loadCommand } from './command-files.js'

const WIDTH = 96

interface CommandSummary {
  readonly name: string
  readonly summary: string
}

/** Every command with its summary. */
export async function summarizeCommands (): Promise<CommandSummary[]> {
  const names = await listCommands()
  return await Promise.all(names.map(async name => ({ name, summary: (await loadCommand(name)).summary })))
}

/** The text of `fastify-okta --help`. */
export async function generalHelp (): Promise<string> {
  const commands = await summarizeCommands()
  return `Usage: fastify-okta COMMAND [options]

Commands:
${table(commands.map(({ name, summary }) => [name, summary]))}

fastify-okta help COMMAND shows the options of one of them.
--version shows the version. Exit codes: 0 done, 1 found something or failed, 2 usage error.`
}

/** The text of `fastify-okta help COMMAND`. */
export function commandHelp (name: string, { summary, usage, description, options }: Command): string {
  const paragraphs = description.trim() === '' ? '' : `\n${description.trim()}\n`
  return `Usage: fastify-okta ${[name, usage].filter(Boolean).join(' ')}

${summary}
${paragraphs}
Options:
${table(Object.entries({ ...options, ...COMMON_OPTIONS } as OptionTable).map(([option, facts]) => [spell(option, facts), facts.help]))}`
}

function spell (name: string, { short, value }: CommandOption): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

function table (rows: ReadonlyArray<readonly [string, string]>): string {
  const indent = Math.max(...rows.map(([left]) => left.length)) + 4
  return rows.map(([left, right]) => `  ${left.padEnd(indent - 2)}${wrap(right, indent)}`).join('\n')
}

function wrap (text: string, indent: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || indent + line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
