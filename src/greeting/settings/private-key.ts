import { createPrivateKey } from 'node:crypto'

/** A private key as the plugin takes it: a PEM, or a JWK. */
export type PrivateKey = string | Readonly<Record<string, unknown>>

/**
 * Reads a private key out of a setting: a PEM, whose line ends may be written as `\n` since many places where
 * variables are kept know one line only, or a JWK. `null` for anything else.
 */
export function readPrivateKey (text: string): PrivateKey | null {
  try {
    if (text.trimStart().startsWith('{')) {
      const jwk = JSON.parse(text) as Record<string, unknown>
      createPrivateKey({ key: jwk, format: 'jwk' })
      return jwk
    }
    const pem = text.replaceAll('\\n', '\n')
    createPrivateKey(pem)
    return pem
  } catch {
    return null
  }
}
