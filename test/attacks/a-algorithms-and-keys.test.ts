import { ALGORITHMS_AND_KEYS } from './a-algorithms-and-keys.js'
import { runAttacks } from './attack.js'

runAttacks(ALGORITHMS_AND_KEYS)
