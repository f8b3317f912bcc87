import { runAttacks } from './attack.js'
import { PROOFS } from './beyond-proofs.js'

runAttacks(PROOFS)
