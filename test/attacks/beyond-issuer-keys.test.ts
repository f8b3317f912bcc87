import { runAttacks } from './attack.js'
import { ISSUER_KEYS } from './beyond-issuer-keys.js'

runAttacks(ISSUER_KEYS)
