/** Header fields by lower-case name, as Node and frameworks on top of it give them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * How often a header field was sent (RFC 9110 section 5.2). Counts in the raw list (name, value, name, value, …), since
 * Node drops or joins repeated fields elsewhere; a request without such a list, as adapters for serverless platforms
 * and tests make it, is counted by its fields.
 *
 * @param name in lower case
 */
export function countFieldLines (rawHeaders: readonly string[] | undefined, headers: HeaderFields, name: string): number {
  let count = 0
  if (Array.isArray(rawHeaders)) {
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const sent = rawHeaders[i] as string
      if (sent.length === name.length && sent.toLowerCase() === name) count++
    }
  }
  return count === 0 ? linesOf(headers[name]).length : count
}

/**
 * The values of a header field, one for each time that it was sent; where the request has no raw list, as
 * {@link countFieldLines} says.
 *
 * @param name in lower case
 */
export function readFieldLines (rawHeaders: readonly string[] | undefined, headers: HeaderFields, name: string): readonly string[] {
  const lines: string[] = []
  if (Array.isArray(rawHeaders)) {
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const sent = rawHeaders[i] as string
      if (sent.length === name.length && sent.toLowerCase() === name) lines.push(rawHeaders[i + 1] as string)
    }
  }
  return lines.length === 0 ? linesOf(headers[name]) : lines
}

function linesOf (value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string') : []
}
