import { readdir } from 'node:fs/promises'
import { didYouMean } from '../options/did-you-mean.js'
import type { Command } from './command.js'
import { UsageError } from './exit.js'

const COMMANDS = new URL('./commands/', import.meta.url)
/** The compiler writes declarations and source maps beside them. */
const COMMAND_FILE = /^([a-z][a-z-]*)\.js$/

/** The names of all commands. Each file is a command: adding one touches no other file. */
export async function listCommands (): Promise<string[]> {
  const files = await readdir(COMMANDS)
  return files.flatMap(file => COMMAND_FILE.exec(file)?.[1] ?? []).sort()
}

/**
 * Loads one command, and no other.
 *
 * @throws {UsageError} there is no command of that name
 */
export async function loadCommand (name: string): Promise<Command> {
  const names = await listCommands()
  if (!names.includes(name)) {
    const likely = didYouMean(name, names)
    throw new UsageError(`there is no command "${name}"`, likely === undefined ? `commands: ${names.join(', ')}` : `did you mean "${likely}"?`)
  }
  const { default: command } = await import(new URL(`${name}.js`, COMMANDS).href) as { default: Command }
  return command
}
