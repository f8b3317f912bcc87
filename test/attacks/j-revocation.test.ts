import { runAttacks } from './attack.js'
import { REVOCATION } from './j-revocation.js'

runAttacks(REVOCATION)
