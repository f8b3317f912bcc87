import { HEADER } from './a-header.js'
import { runAttacks } from './attack.js'

runAttacks(HEADER)
