import type { ServerOptions, StartServer } from './server.js'

/** A process with one server in it, the one that is named on the command line. Answers the calls of its parent, and ends with it. */
const [file] = process.argv.slice(2) as [string]

const calls = {
  start: async (options: ServerOptions): Promise<number> => {
    const { start } = await import(`../peers/${file}.js`) as { start: StartServer }
    return await start(options)
  },
  cpuMicroseconds: async (): Promise<number> => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
}

// What a call throws ends the process, with its stack on the standard error.
process.on('message', async ({ name, argument }: { name: keyof typeof calls, argument: ServerOptions }) => {
  process.send?.(await calls[name](argument) ?? null)
})
process.on('disconnect', () => { process.exit() })
