import { runAttacks } from './attack.js'
import { USERS } from './beyond-users.js'

runAttacks(USERS)
