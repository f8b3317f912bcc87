import { readdir } from 'node:fs/promises'
import { closest } from './did-you-mean.js'
import type { Command } from './command.js'
import { UsageError } from './exit.js'

const COMMANDS = new URL('./commands/', import.meta.url)
/** The compiler puts declarations and maps beside it. */
const COMMAND_FILE = /^([a-z][a-z-]*)\.js$/

/** The names of all commands: there is a command for each file, so that adding one touches nothing else. */
export async function listCommands (): Promise<string[]> {
  const files = await readdir(COMMANDS)
  return files.flatMap(file => COMMAND_FILE.exec(file)?.[1] ?? []).sort()
}

/**
 * Loads one command, and no other.
 *
 * @throws {UsageError} there is none of that name
 */
export async function loadCommand (name: string): Promise<Command> {
  const names = await listCommands()
  if (!names.includes(name)) {
    const likely = closest(name, names)
    throw new UsageError(`there is no command "${name}"`, likely === undefined ? `commands: ${names.join(', ')}` : `did you mean "${likely}"?`)
  }
  const { default: command } = await import(new URL(`${name}.js`, COMMANDS).href) as { default: Command }
  return command
}
