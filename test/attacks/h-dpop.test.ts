import { runAttacks } from './attack.js'
import { DPOP } from './h-dpop.js'

runAttacks(DPOP)
