/** People copy a whole header with the token. */
const AROUND = /^(?:authorization:\s*)?(?:(?:bearer|dpop)\s+)?["']?([^\s"']*)["']?$/i

/** The token in what was pasted: alone, in an `Authorization` header, or in the JSON of a token response. */
export function findToken (text: string): string {
  const trimmed = text.trim()
  return readTokenResponse(trimmed) ?? AROUND.exec(trimmed)?.[1] ?? trimmed
}

function readTokenResponse (text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const { access_token: token } = JSON.parse(text) as { access_token?: unknown }
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}
