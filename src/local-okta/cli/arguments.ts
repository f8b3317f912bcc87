import { parseArgs } from 'node:util'
import { usageError } from './exit.js'

const DEFAULT_PORT = '4000'
const MAX_PORT = 65_535

/** The arguments of the command, read. */
export interface Arguments {
  readonly port: number
  readonly host: string | undefined
  /** What has given it, for messages. */
  readonly hostName: '--host' | 'LOCAL_OKTA_HOST'
  readonly allowsPublicNetwork: boolean
  /** The API token of the org; undefined for a new one. */
  readonly apiToken: string | undefined
  /** The path of a seed file. */
  readonly seed: string | undefined
  readonly printsSeed: boolean
  readonly isJson: boolean
  readonly isHelp: boolean
}

/**
 * Reads the arguments, `LOCAL_OKTA_API_TOKEN`, and `LOCAL_OKTA_PORT` and `LOCAL_OKTA_HOST` if `--port` and `--host` are not given.
 *
 * @throws {CommandFailure} exit code 2
 */
export function readArguments (args: readonly string[], environment: NodeJS.ProcessEnv): Arguments {
  const { port, host, 'allow-public': allowsPublicNetwork = false, seed, 'print-seed': printsSeed = false, json = false, help = false } = parse(args)
  const { LOCAL_OKTA_PORT: defaultPort = '', LOCAL_OKTA_HOST: defaultHost = '', LOCAL_OKTA_API_TOKEN: apiToken = '' } = environment
  return {
    port: port === undefined ? readPort('LOCAL_OKTA_PORT', defaultPort || DEFAULT_PORT) : readPort('--port', port),
    host: host ?? (defaultHost || undefined),
    hostName: host === undefined ? 'LOCAL_OKTA_HOST' : '--host',
    allowsPublicNetwork,
    apiToken: apiToken || undefined,
    seed,
    printsSeed,
    isJson: json,
    isHelp: help
  }
}

function parse (args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'allow-public': { type: 'boolean' },
        seed: { type: 'string' },
        'print-seed': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' }
      }
    }).values
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string }
    if (!code.startsWith('ERR_PARSE_ARGS_')) throw error
    // Node's messages go on with advice for rarer cases
    throw usageError(message.split(/\.\s|\n/, 1)[0] ?? '')
  }
}

function readPort (name: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > MAX_PORT) throw usageError(`${name} must be a port from 0 to ${MAX_PORT}`)
  return Number(text)
}
