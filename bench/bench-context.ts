import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { Fleet } from './fleet.js'
import type { Plan } from './plan.js'
import { startChild, type Child } from './processes/child.js'
import { assignCores, type Cores } from './processes/cores.js'
import type { ServerOptions } from './servers/server.js'
import { AUDIENCE, ISSUER } from './tokens/identity.js'
import { stockTokens, type TokenStock } from './tokens/stock.js'

/** What all measurements of a run share. */
export interface BenchContext {
  readonly plan: Plan
  readonly cores: Cores
  readonly stock: TokenStock
  readonly privateKey: KeyObject
  readonly issuer: Child
  readonly serverOptions: ServerOptions
  log (line: string): void
  /** Closes what was opened, whether the measurement went well or not. */
  withFleet<T> (measure: (fleet: Fleet) => Promise<T>): Promise<T>
  close (): Promise<void>
}

export async function openContext (plan: Plan): Promise<BenchContext> {
  const log = (line: string): void => { console.log(`# ${line}`) }
  const stock = await stockTokens(plan.tokens, log)
  const cores = assignCores()
  const privateKey = createPrivateKey(stock.privateKeyPem)
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string
  const issuer = await startChild(new URL('servers/issuer.js', import.meta.url), { core: cores.client })
  await issuer.call('start', { publicKeyPem })
  return {
    plan,
    cores,
    stock,
    privateKey,
    issuer,
    log,
    serverOptions: { issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/v1/keys`, publicKeyPem },
    withFleet: async measure => {
      const fleet = await Fleet.open(stock, cores)
      try {
        return await measure(fleet)
      } finally {
        await fleet.close()
      }
    },
    close: async () => { await issuer.stop() }
  }
}
