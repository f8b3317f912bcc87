import { runAttacks } from './attack.js'
import { OUTPUT } from './i-output.js'

runAttacks(OUTPUT)
