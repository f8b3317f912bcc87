/** A private key as the plugin accepts it: a PEM, or a JWK. */
export type PrivateKey = string | Readonly<Record<string, unknown>>

/** A private key out of a setting: in a PEM, `\\n` may stand for a line break, since many places that keep variables know one line only. */
export function withLineBreaks (text: string): string {
  return isJwk(text) ? text : text.replaceAll('\\n', '\n')
}

/** @param text a private key in which the plugin finds no issue */
export function readPrivateKey (text: string): PrivateKey {
  return isJwk(text) ? JSON.parse(text) as Record<string, unknown> : withLineBreaks(text)
}

function isJwk (text: string): boolean {
  return text.trimStart().startsWith('{')
}
