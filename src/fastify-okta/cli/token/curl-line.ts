/** A whole line to paste, for a POSIX shell. */
export function curlLine (url: URL, accessToken: string): string {
  return `curl -i -H ${quote(`Authorization: Bearer ${accessToken}`)} ${quote(url.href)}`
}

/** Nothing is special between single quotes, but for the quote itself. */
function quote (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
