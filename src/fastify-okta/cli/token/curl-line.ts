/** A curl command for a POSIX shell. */
export function curlLine (url: URL, accessToken: string): string {
  return `curl -i -H ${quote(`Authorization: Bearer ${accessToken}`)} ${quote(url.href)}`
}

/** Between single quotes only the quote itself is special. */
function quote (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
