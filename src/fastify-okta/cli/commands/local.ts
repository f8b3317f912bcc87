import { defineCommand } from '../command.js'
import { CommandFailure, EXIT, UsageError } from '../exit.js'
import type { LocalOkta, LocalOktaOptions } from 'local-okta'

const USUAL_PORT = '4000'
const GREATEST_PORT = 65_535

export default defineCommand({
  summary: 'Runs the local Okta alone: an Okta org in memory, with no account.',
  usage: '[options]',
  description: `
It prints its issuer, people and their passwords, clients, an API token and lines to paste; with --json, one line when it is
ready. It listens on 127.0.0.1 only, is refused with NODE_ENV=production, and forgets everything when Ctrl+C stops it.

  fastify-okta local --seed people.json5`,
  options: {
    port: { type: 'string', value: 'PORT', help: `Where to listen; 0 takes any port that is free. Default: LOCAL_OKTA_PORT, or ${USUAL_PORT}.` },
    seed: { type: 'string', value: 'FILE', help: 'What the org starts with, in JSON or JSON5: users, groups, applications, scopes, groupsClaim. What is left out is as shipped.' }
  },
  async run ({ options, terminal }) {
    const port = readPort(options.port ?? (process.env['LOCAL_OKTA_PORT'] || USUAL_PORT))
    const seed = options.seed === undefined ? {} : await readSeed(options.seed)
    const localOkta = await terminal.progress('Starting the local Okta', start({ port, seed }))
    await stopOnSignal(localOkta)

    const [{ announcementOf, describeAnnouncement }, { defaultSeed }] = await Promise.all([
      import('../local/announcement.js'), import('local-okta')
    ])
    const announcement = announcementOf(localOkta, seed.users ?? defaultSeed.users)
    terminal.result(describeAnnouncement(announcement), announcement)
    return EXIT.ok
  }
})

function readPort (text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > GREATEST_PORT) throw new UsageError(`--port must be a port from 0 to ${GREATEST_PORT}`)
  return Number(text)
}

async function readSeed (file: string) {
  const { readSeedFile } = await import('../local/seed-file.js')
  return await readSeedFile(file)
}

async function start (options: LocalOktaOptions): Promise<LocalOkta> {
  try {
    const { startLocalOkta } = await import('local-okta')
    return await startLocalOkta(options)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND') throw new CommandFailure('the package oidc-provider, which the local Okta needs, is not installed', { hint: 'npm install --save-dev oidc-provider', cause })
    if (code === 'EADDRINUSE') throw new CommandFailure(`port ${options.port ?? 0} of 127.0.0.1 is taken by another program`, { hint: 'stop that, or give another --port', cause })
    if (code === 'EACCES') throw new CommandFailure(`port ${options.port ?? 0} is not for this user`, { hint: 'give a --port of 1024 or above', cause })
    throw cause
  }
}

async function stopOnSignal (localOkta: LocalOkta): Promise<void> {
  const { stopWithGrace } = await import('greeting/INTERNAL/graceful-stop.js')
  stopWithGrace({
    stop: async () => { await localOkta.stop() },
    onUncaught: ({ message }) => { console.error(`fastify-okta: stopping: ${message}`) }
  })
}
