import t from 'tap'
import { HEADER_AND_KEYS } from './a-header-and-keys.js'
import { ENCODING } from './b-encoding.js'
import { CLAIMS } from './c-claims.js'
import { PRESENTING } from './d-presenting.js'
import { ROUTES } from './e-routes.js'
import { KEYS_AND_ISSUER } from './f-keys-and-issuer.js'
import { DIRECTORY_ATTACKS } from './g-directory.js'
import { DPOP } from './h-dpop.js'
import { OUTPUT } from './i-output.js'

/** The parts of the catalogue, and the numbers in each. */
const PARTS = {
  'header and keys': [HEADER_AND_KEYS, 1, 37],
  encoding: [ENCODING, 38, 50],
  claims: [CLAIMS, 51, 85],
  presenting: [PRESENTING, 86, 100],
  routes: [ROUTES, 101, 111],
  'keys and issuer': [KEYS_AND_ISSUER, 112, 128],
  directory: [DIRECTORY_ATTACKS, 129, 136],
  DPoP: [DPOP, 137, 152],
  output: [OUTPUT, 153, 160]
} as const

t.test('each of the 160 attacks is tried, in its part, and none that is not in the catalogue', async t => {
  for (const [part, [attacks, first, last]] of Object.entries(PARTS)) {
    const numbers = [...new Set(attacks.map(({ number }) => number))]
    t.strictSame(numbers, Array.from({ length: last - first + 1 }, (_, i) => first + i), part)
  }
})
