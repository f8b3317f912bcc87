import { runAttacks } from './attack.js'
import { ENCODING } from './b-encoding.js'

runAttacks(ENCODING)
