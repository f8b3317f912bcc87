/** One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1), its parameters in their order. */
export interface ReadChallenge {
  readonly scheme: string
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
}

const PARAMETER = /^([A-Za-z0-9_]+)="([^"\\]*)"(?:, |$)/

/**
 * Reads challenges, one for each header line: a scheme, one space, and quoted parameters.
 *
 * @throws {Error} a line is anything else
 */
export function readChallenges (header: unknown): ReadChallenge[] {
  if (header === undefined) return []
  return [header].flat().map(line => {
    const [scheme, rest] = split(String(line))
    const parameters: Array<[string, string]> = []
    let left = rest
    while (left !== '') {
      const match = PARAMETER.exec(left)
      if (match === null) throw new Error(`no challenge: ${String(line)}`)
      parameters.push([match[1] as string, match[2] as string])
      left = left.slice(match[0].length)
    }
    return { scheme, parameters }
  })
}

/** The parameters of the challenge of one scheme; `undefined` where it is not challenged. */
export function parametersOf (header: unknown, scheme = 'Bearer'): Record<string, string> | undefined {
  const challenge = readChallenges(header).find(each => each.scheme === scheme)
  return challenge === undefined ? undefined : Object.fromEntries(challenge.parameters)
}

function split (line: string): [scheme: string, rest: string] {
  const space = line.indexOf(' ')
  if (space === -1) throw new Error(`no challenge: ${line}`)
  return [line.slice(0, space), line.slice(space + 1)]
}
