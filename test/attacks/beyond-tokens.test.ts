import { runAttacks } from './attack.js'
import { TOKENS } from './beyond-tokens.js'

runAttacks(TOKENS)
