import { runAttacks } from './attack.js'
import { LOAD } from './beyond-load.js'

runAttacks(LOAD)
