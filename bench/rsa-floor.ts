import { createPublicKey, verify } from 'node:crypto'
import type { BenchContext } from './bench-context.js'
import { spreadOf, type Spread } from './statistics.js'
import { TokenFile } from './tokens/token-file.js'

const TOKENS = 1000
const ROUNDS = 9

/** The time of one RSA-2048 verification and nothing else, in microseconds: what no verifier can go below. */
export function measureRsaFloor ({ stock, serverOptions, log }: BenchContext): Spread {
  log('RSA verification alone')
  const key = createPublicKey(serverOptions.publicKeyPem)
  const tokens = new TokenFile(stock.file, stock.count)
  const signed = Array.from({ length: TOKENS }, (_, n) => {
    const end = tokens.at(n).lastIndexOf('.')
    return { input: Buffer.from(tokens.at(n).slice(0, end)), signature: Buffer.from(tokens.at(n).slice(end + 1), 'base64url') }
  })
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    for (const { input, signature } of signed) {
      if (!verify('RSA-SHA256', input, key, signature)) throw new Error('a token that was made here does not verify')
    }
    return (performance.now() - start) * 1000 / TOKENS
  })
  return spreadOf(rounds)
}
