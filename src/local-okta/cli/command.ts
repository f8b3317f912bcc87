import { defaultSeed, startLocalOkta, type LocalOkta, type LocalOktaOptions } from '../index.js'
import { readArguments, type Arguments } from './arguments.js'
import { bannerOf, describeBanner } from './banner.js'
import { CommandFailure, EXIT } from './exit.js'
import { HELP } from './help.js'
import { readSeedFile } from './seed-file.js'

/** The process that the command runs in. */
interface CommandProcess {
  readonly environment: NodeJS.ProcessEnv
  readonly stdout: { write (text: string): unknown }
  readonly stderr: { write (text: string): unknown }
}

/**
 * Runs `local-okta`, and returns the exit code once the org is ready or has failed to start. The org runs until SIGINT or
 * SIGTERM.
 */
export async function runCommand (args: readonly string[], { environment, stdout, stderr }: CommandProcess): Promise<number> {
  try {
    stdout.write(`${await run(readArguments(args, environment))}\n`)
    return EXIT.ok
  } catch (error) {
    const failure = toFailure(error)
    stderr.write(`${args.includes('--json') ? describeAsJson(failure) : describe(failure)}\n`)
    return failure.exitCode
  }
}

async function run ({ port, host, hostName, allowsPublicNetwork, apiToken, seed: file, printsSeed, isJson, isHelp }: Arguments): Promise<string> {
  if (isHelp) return isJson ? JSON.stringify({ help: HELP }) : HELP
  const seed = file === undefined ? defaultSeed : await readSeedFile(file)
  if (printsSeed) return JSON.stringify(seed, null, isJson ? undefined : 2)
  const network = allowsPublicNetwork ? 'any' : 'private'
  const localOkta = await start({ port, network, seed, ...(host === undefined ? {} : { host }), ...(apiToken === undefined ? {} : { apiToken }) }, hostName)
  stopOnSignal(localOkta)
  const banner = bannerOf(localOkta, seed)
  return isJson ? JSON.stringify(banner) : describeBanner(banner, seed)
}

async function start (options: LocalOktaOptions, hostName: string): Promise<LocalOkta> {
  try {
    return await startLocalOkta(options)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new CommandFailure(`port ${options.port ?? 0} of ${options.host ?? '127.0.0.1'} is in use`, { code: 'port', hint: 'stop the other program, or give another --port', cause })
    if (code === 'EACCES') throw new CommandFailure(`this user may not listen on port ${options.port ?? 0}`, { code: 'port', hint: 'give a --port of 1024 or above', cause })
    if (code === 'EADDRNOTAVAIL') throw new CommandFailure(`${options.host ?? ''} is not an address of this machine`, { code: 'host', hint: 'give another --host', cause })
    if (cause instanceof TypeError && cause.message.startsWith('host ')) throw new CommandFailure(cause.message.replace('host', hostName), { code: 'host', cause })
    if (cause instanceof TypeError && cause.message.startsWith('apiToken ')) throw new CommandFailure(cause.message.replace('apiToken', 'LOCAL_OKTA_API_TOKEN'), { code: 'api_token', cause })
    throw cause
  }
}

/** A second signal changes nothing: npm passes on the one that the terminal has sent already. */
function stopOnSignal (localOkta: LocalOkta): void {
  const stop = (): void => { localOkta.stop().catch(() => { process.exitCode = EXIT.failed }) }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}

function toFailure (error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  return new CommandFailure(message, { cause: error })
}

function describe ({ message, hint }: CommandFailure): string {
  return `local-okta: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

function describeAsJson ({ code, message, hint }: CommandFailure): string {
  return JSON.stringify({ error: code, message, ...(hint === undefined ? {} : { hint }) })
}
