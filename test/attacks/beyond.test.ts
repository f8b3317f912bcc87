import { runAttacks } from './attack.js'
import { BEYOND } from './beyond.js'

runAttacks(BEYOND)
