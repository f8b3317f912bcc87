import type { Terminal } from './terminal.js'

/** An option for Node's `parseArgs`, and for the help text. */
export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** The placeholder of the value in the help text, such as `URL`. */
  readonly value?: string
  readonly help: string
}

export type OptionTable = Readonly<Record<string, CommandOption>>

/** The values of the options: a string or undefined, and a boolean for those without a value. */
export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]['type']>
}

type ValueOf<Type extends CommandOption['type']> = Type extends 'boolean' ? boolean : string | undefined

interface CommandContext<Options extends OptionTable = OptionTable> {
  readonly options: OptionValues<Options>
  /** The arguments that are not options. */
  readonly positionals: readonly string[]
  readonly terminal: Terminal
}

/**
 * A command: the default export of a file in `commands/`, whose name is the command's. Imports at its top must be cheap:
 * the help loads every command.
 */
export interface Command<Options extends OptionTable = OptionTable> {
  /** One line, for the list of commands. */
  readonly summary: string
  /** What follows the command's name, such as `[options] [TOKEN]`. */
  readonly usage: string
  /** What it does, what it does NOT do, and examples. */
  readonly description: string
  readonly options: Options
  /** The maximum number of positional arguments. Default 0. */
  readonly maxPositionals?: number
  /** Returns the exit code; undefined is 0. */
  run (context: CommandContext<Options>): Promise<number | undefined>
}

/** Options of every command. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', help: 'Print the result, or the error on the standard error, as one JSON object.' },
  debug: { type: 'boolean', help: 'Show the stack of an error.' },
  help: { type: 'boolean', short: 'h', help: 'Show this help.' }
} as const satisfies OptionTable

/** Infers the types of a command's options for its `run`. */
export function defineCommand<const Options extends OptionTable> (command: Command<Options>): Command {
  return command as unknown as Command
}
