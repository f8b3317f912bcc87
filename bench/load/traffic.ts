import { randomBytes } from 'node:crypto'
import { drawZipf } from '../random.js'
import type { TokenFile } from '../tokens/token-file.js'

/** What the requests of a case carry. */
export type Traffic =
  /** Few tokens, many requests. */
  | 'hot'
  /** 10 000 tokens, the n-th used 1/n as often as the first. */
  | 'mixed'
  /** Each token once. */
  | 'cold'
  /** Each token once, with the signature of another. */
  | 'forged'
  /** No token at all. */
  | 'none'
  /** Each token with the id of a key that nobody has. */
  | 'unknown-kid'

export const HOT_TOKENS = 20
export const MIXED_TOKENS = 10_000
const DRAWS = 65_536

/** Gives the token for the next request; `null` for none. */
export type NextToken = () => string | null

/** Makes the streams of tokens for one server: where a token must not come twice, each stream goes on from where it stopped. */
export class TokenStreams {
  readonly #tokens: TokenFile
  readonly #streams = new Map<Traffic, NextToken>()

  constructor (tokens: TokenFile) {
    this.#tokens = tokens
  }

  stream (traffic: Traffic): NextToken {
    let stream = this.#streams.get(traffic)
    if (stream === undefined) this.#streams.set(traffic, stream = this.#open(traffic))
    return stream
  }

  #open (traffic: Traffic): NextToken {
    const tokens = this.#tokens
    let n = 0
    switch (traffic) {
      case 'none': return () => null
      case 'hot': {
        const few = Array.from({ length: HOT_TOKENS }, (_, i) => tokens.at(i))
        return () => few[n++ % HOT_TOKENS] as string
      }
      case 'mixed': {
        const ranks = drawZipf(Math.min(MIXED_TOKENS, tokens.length), DRAWS, 1)
        return () => tokens.at(ranks[n++ % DRAWS] as number)
      }
      // From the last on: the first ones are in the caches, after `hot` and `mixed`.
      case 'cold': return () => {
        if (n === tokens.length) throw new Error('more tokens were used than were made')
        return tokens.at(tokens.length - ++n)
      }
      case 'forged': return () => forge(tokens.at(n++ % tokens.length), tokens.at(n % tokens.length))
      case 'unknown-kid': return () => renameKey(tokens.at(n++ % tokens.length))
    }
  }
}

function forge (accessToken: string, other: string): string {
  return accessToken.slice(0, accessToken.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}

function renameKey (accessToken: string): string {
  const header = JSON.stringify({ kid: randomBytes(32).toString('base64url'), alg: 'RS256' })
  return Buffer.from(header).toString('base64url') + accessToken.slice(accessToken.indexOf('.'))
}
