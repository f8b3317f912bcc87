import { runAttacks } from './attack.js'
import { CLAIMS } from './c-claims.js'

runAttacks(CLAIMS)
