import { runAttacks } from './attack.js'
import { PRESENTING } from './d-presenting.js'

runAttacks(PRESENTING)
