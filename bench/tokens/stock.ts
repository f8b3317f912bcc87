import { createHash, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { claimsOf } from './claims.js'
import { mintTokens } from './mint.js'

/** Tokens that are ready, and the key that signed them. */
export interface TokenStock {
  /** One token a line. */
  readonly file: string
  readonly count: number
  readonly privateKeyPem: string
}

interface Manifest {
  readonly issuedAt: number
  readonly count: number
  readonly privateKeyPem: string
}

/** Half of a token's life: a run that starts then ends long before they expire. */
const REUSE_SECONDS = 43_200

/**
 * Gives at least this many tokens. Signing takes most of a millisecond each, so they are kept in the system's folder for temporary
 * files for half a day, under a name made of what they look like.
 */
export async function stockTokens (count: number, log: (line: string) => void): Promise<TokenStock> {
  const now = Math.floor(Date.now() / 1000)
  const shape = createHash('sha256').update(JSON.stringify(claimsOf(0, 0))).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `fastify-okta-bench-${userInfo().uid}-${shape}`)
  const file = join(folder, 'tokens.txt')
  const kept = await readManifest(folder)
  if (kept !== null && kept.count >= count && now - kept.issuedAt < REUSE_SECONDS) {
    return { file, count: kept.count, privateKeyPem: kept.privateKeyPem }
  }

  log(`signing ${count} tokens; they are kept for half a day`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const { privateKey: privateKeyPem } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  const tokens = await mintTokens(count, privateKeyPem, now)
  await writeFile(file, tokens.join('\n'))
  const manifest: Manifest = { issuedAt: now, count, privateKeyPem }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 })
  return { file, count, privateKeyPem }
}

async function readManifest (folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
  } catch {
    return null
  }
}
