import { runAttacks } from './attack.js'
import { KEYS_AND_ISSUER } from './f-keys-and-issuer.js'

runAttacks(KEYS_AND_ISSUER)
