import { HEADER_AND_KEYS } from './a-header-and-keys.js'
import { runAttacks } from './attack.js'

runAttacks(HEADER_AND_KEYS)
