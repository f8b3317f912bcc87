import { answerCalls } from '../processes/answer-calls.js'
import type { ServerOptions, StartServer } from './server.js'

/** A process with one server in it, the one that is named on the command line. */
const [file] = process.argv.slice(2) as [string]

answerCalls({
  start: async (options: ServerOptions): Promise<number> => {
    const { start } = await import(`../peers/${file}.js`) as { start: StartServer }
    return await start(options)
  },
  /** The time that this process has worked so far, in microseconds. */
  cpu: (): number => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  collect: (): void => { global.gc?.() }
})
