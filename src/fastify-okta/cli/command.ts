import type { Terminal } from './terminal.js'

/** An option as `parseArgs` of Node's takes it, and as the help text shows it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** What stands for the value in the help text, such as `URL`. */
  readonly value?: string
  readonly help: string
}

export type OptionTable = Readonly<Record<string, CommandOption>>

/** What was given for the options: a text or nothing, and for those without a value whether they were there. */
export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]['type']>
}

type ValueOf<Type extends CommandOption['type']> = Type extends 'boolean' ? boolean : string | undefined

export interface CommandContext<Options extends OptionTable = OptionTable> {
  readonly options: OptionValues<Options>
  /** What was given beside options. */
  readonly operands: readonly string[]
  readonly terminal: Terminal
}

/**
 * A command: the default export of a file in `commands/`, whose name is the command's. Such a file imports at its top
 * only what costs nothing, since the help loads all of them.
 */
export interface Command<Options extends OptionTable = OptionTable> {
  /** One line, for the list of commands. */
  readonly summary: string
  /** What follows the command's name, such as `[options] [TOKEN]`. */
  readonly usage: string
  /** What it does, what it does not, and examples. */
  readonly description: string
  readonly options: Options
  /** How many operands it takes at most. Default 0. */
  readonly maxOperands?: number
  /** Gives the exit code; nothing is 0. What it starts may go on afterwards. */
  run (context: CommandContext<Options>): Promise<number | undefined>
}

/** What every command takes. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', help: 'Results on the standard output and errors on the standard error as one JSON object.' },
  debug: { type: 'boolean', help: 'Show the stack of an error.' },
  help: { type: 'boolean', short: 'h', help: 'Show this help.' }
} as const satisfies OptionTable

/** Ties what a command runs to the types of its own options. */
export function defineCommand<const Options extends OptionTable> (command: Command<Options>): Command {
  return command as unknown as Command
}
