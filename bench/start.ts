import type { BenchContext } from './bench-context.js'
import { startChild } from './processes/child.js'
import type { Org } from './servers/local-okta.js'
import { PATH } from './servers/resource.js'
import type { ServerOptions } from './servers/server.js'
import { spreadOf, type Spread } from './statistics.js'
import { TokenFile } from './tokens/token-file.js'

export interface Start {
  readonly server: string
  readonly title: string
  /** From the start of the process to the first answer to a good token, in milliseconds. */
  readonly milliseconds: Spread
}

interface Starting {
  readonly server: string
  readonly title: string
  readonly path: string
  readonly options: ServerOptions
  readonly accessToken: string
}

/** Measures how long a process takes from its start to the first verified request, in turns. */
export async function measureStarts (context: BenchContext): Promise<Start[]> {
  const okta = await startChild(new URL('servers/local-okta.js', import.meta.url), { core: context.cores.client, env: { NODE_ENV: 'development' } })
  try {
    const org = await okta.call<Org>('start')
    const startings = listStartings(context, org)
    const rounds = startings.map((): number[] => [])
    for (let round = 0; round < context.plan.starts; round++) {
      context.log(`start, round ${round + 1} of ${context.plan.starts}`)
      for (const [i, starting] of startings.entries()) rounds[i]?.push(await measureStart(starting, context.cores.server))
    }
    return startings.map(({ server, title }, i) => ({ server, title, milliseconds: spreadOf(rounds[i] as number[]) }))
  } finally {
    await okta.stop()
  }
}

function listStartings ({ serverOptions, stock }: BenchContext, org: Org): Starting[] {
  const ofBench = new TokenFile(stock.file, stock.count).at(0)
  const ofOrg = org.memberTokens[0] as string
  const withDirectory = { ...serverOptions, ...org, directory: { orgUrl: org.orgUrl, token: org.apiToken } }
  return [
    { server: 'bare-fastify', title: 'bare Fastify', path: PATH, options: serverOptions, accessToken: ofBench },
    { server: 'plugin', title: 'fastify-okta without directory', path: PATH, options: serverOptions, accessToken: ofBench },
    { server: 'plugin-with-directory', title: 'fastify-okta with directory', path: PATH, options: withDirectory, accessToken: ofOrg },
    { server: 'greeting-service', title: 'the whole service, with directory', path: '/greet', options: withDirectory, accessToken: ofOrg }
  ]
}

async function measureStart ({ server, path, options, accessToken }: Starting, core: number | null): Promise<number> {
  const start = performance.now()
  const child = await startChild(new URL('servers/main.js', import.meta.url), { args: [server], core, env: { NODE_ENV: 'development' } })
  try {
    const port = await child.call<number>('start', options)
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })
    if (response.status !== 200) throw new Error(`${server} answered ${response.status} to its first request`)
    await response.arrayBuffer()
    return performance.now() - start
  } finally {
    await child.stop()
  }
}
