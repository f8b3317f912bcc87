import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { COMMON_OPTIONS, type Command, type OptionTable, type OptionValues } from './command.js'
import { loadCommand } from './command-files.js'
import { didYouMean } from '../options/did-you-mean.js'
import { EXIT, UsageError } from './exit.js'
import { commandHelp, generalHelp } from './help.js'
import type { Terminal } from './terminal.js'

/** Accepted without a command. */
const GLOBAL_OPTIONS = { ...COMMON_OPTIONS, version: { type: 'boolean', help: 'Show the version.' } } as const satisfies OptionTable

/** Options that people try, and that are refused on purpose: `ps` shows arguments. */
const SECRET_OPTION = /^--(?:client-)?(?:secret|api-token|private-key)$/

/** Runs a command line, reports a failure, and returns the exit code. */
export async function runCommandLine (args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal)
  } catch (error) {
    return terminal.fail(error)
  }
}

async function dispatch (args: readonly string[], terminal: Terminal): Promise<number> {
  const at = args.findIndex(arg => !arg.startsWith('-'))
  const name = args[at]
  if (name === undefined) return await runWithoutCommand(args, terminal)

  const command = await loadCommand(name)
  const { options, positionals } = parse([...args.slice(0, at), ...args.slice(at + 1)], { ...command.options, ...COMMON_OPTIONS })
  if (options['help'] === true) {
    terminal.result(commandHelp(name, command), { name, ...describeCommand(command) })
    return EXIT.ok
  }
  if (positionals.length > (command.maxPositionals ?? 0)) {
    throw new UsageError(`${name} takes ${command.maxPositionals === undefined ? 'no argument' : 'one argument'} beside its options`, `fastify-okta help ${name}`)
  }
  return await command.run({ options, positionals, terminal }) ?? EXIT.ok
}

async function runWithoutCommand (args: readonly string[], terminal: Terminal): Promise<number> {
  const { options } = parse(args, GLOBAL_OPTIONS)
  if (options['version'] === true) {
    const { version } = createRequire(import.meta.url)('fastify-okta/package.json') as { version: string }
    terminal.result(version, { version })
  } else if (options['help'] === true) {
    terminal.result(await generalHelp(), { usage: 'fastify-okta COMMAND [options]' })
  } else {
    terminal.note(`${await generalHelp()}\n`)
    throw new UsageError('a command is required')
  }
  return EXIT.ok
}

function describeCommand ({ summary, usage, options }: Command) {
  return { summary, usage, options: Object.entries(options).map(([name, { type, help }]) => ({ name, type, help })) }
}

function parse (args: readonly string[], table: OptionTable): { options: OptionValues<OptionTable>, positionals: string[] } {
  const options = Object.fromEntries(Object.entries(table).map(([name, { type, short }]) =>
    [name, { type, ...(short === undefined ? {} : { short }) }]))
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    const all = Object.entries(table).map(([name, { type }]) => [name, values[name] ?? (type === 'boolean' ? false : undefined)])
    return { options: Object.fromEntries(all) as OptionValues<OptionTable>, positionals }
  } catch (error) {
    throw toUsageError(error as Error & { code?: string }, table)
  }
}

/** Node's messages go on with advice for rarer cases: only the first sentence is kept. */
function toUsageError (error: Error & { code?: string }, table: OptionTable): unknown {
  if (error.code === undefined || !error.code.startsWith('ERR_PARSE_ARGS_')) return error
  const [, unknown = ''] = error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'(-[^']*)'/.exec(error.message) ?? [] : []
  if (SECRET_OPTION.test(unknown)) return new UsageError(`there is no option ${unknown}`, 'other users can read arguments with ps: the help says where secrets are read from')
  if (unknown !== '') {
    const likely = didYouMean(unknown.replace(/^-+/, ''), Object.keys(table))
    return new UsageError(`there is no option ${unknown}`, likely === undefined ? undefined : `did you mean --${likely}?`)
  }
  const [message = ''] = error.message.split(/\.\s|\n/, 1)
  return new UsageError(message)
}
