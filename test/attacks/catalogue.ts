import { ALGORITHMS_AND_KEYS } from './a-algorithms-and-keys.js'
import { HEADER } from './a-header.js'
import type { Attack } from './attack.js'
import { ENCODING } from './b-encoding.js'
import { HTTP } from './beyond-http.js'
import { INTROSPECTION } from './beyond-introspection.js'
import { ISSUER_KEYS } from './beyond-issuer-keys.js'
import { LOAD } from './beyond-load.js'
import { PROOFS } from './beyond-proofs.js'
import { TOKENS } from './beyond-tokens.js'
import { USERS } from './beyond-users.js'
import { CLAIMS } from './c-claims.js'
import { PRESENTING } from './d-presenting.js'
import { ROUTES } from './e-routes.js'
import { CACHE_AND_EVENTS } from './f-cache-and-events.js'
import { KEYS_AND_ISSUER } from './f-keys-and-issuer.js'
import { DIRECTORY_ATTACKS } from './g-directory.js'
import { DPOP } from './h-dpop.js'
import { OUTPUT } from './i-output.js'
import { REVOCATION } from './j-revocation.js'

/** Attacks of one kind, and the file that has them. */
export interface Chapter {
  readonly title: string
  readonly file: string
  readonly attacks: readonly Attack[]
  /** The first and the last number; absent for attacks without numbers. */
  readonly numbers?: readonly [first: number, last: number]
}

export const CATALOGUE: readonly Chapter[] = [
  { title: 'Algorithms and keys', file: 'a-algorithms-and-keys', attacks: ALGORITHMS_AND_KEYS, numbers: [1, 18] },
  { title: 'Header', file: 'a-header', attacks: HEADER, numbers: [19, 37] },
  { title: 'Encoding', file: 'b-encoding', attacks: ENCODING, numbers: [38, 50] },
  { title: 'Claims', file: 'c-claims', attacks: CLAIMS, numbers: [51, 85] },
  { title: 'Presenting a token', file: 'd-presenting', attacks: PRESENTING, numbers: [86, 100] },
  { title: 'Routes', file: 'e-routes', attacks: ROUTES, numbers: [101, 111] },
  { title: 'Key set and issuer', file: 'f-keys-and-issuer', attacks: KEYS_AND_ISSUER, numbers: [112, 123] },
  { title: 'Introspection, cache and events', file: 'f-cache-and-events', attacks: CACHE_AND_EVENTS, numbers: [124, 128] },
  { title: 'Directory', file: 'g-directory', attacks: DIRECTORY_ATTACKS, numbers: [129, 136] },
  { title: 'DPoP', file: 'h-dpop', attacks: DPOP, numbers: [137, 152] },
  { title: 'What gets out', file: 'i-output', attacks: OUTPUT, numbers: [153, 160] },
  { title: 'Revocation', file: 'j-revocation', attacks: REVOCATION },
  { title: 'More: HTTP', file: 'beyond-http', attacks: HTTP },
  { title: 'More: tokens', file: 'beyond-tokens', attacks: TOKENS },
  { title: 'More: keys of the issuer', file: 'beyond-issuer-keys', attacks: ISSUER_KEYS },
  { title: 'More: introspection', file: 'beyond-introspection', attacks: INTROSPECTION },
  { title: 'More: users', file: 'beyond-users', attacks: USERS },
  { title: 'More: proofs', file: 'beyond-proofs', attacks: PROOFS },
  { title: 'More: load', file: 'beyond-load', attacks: LOAD }
]
