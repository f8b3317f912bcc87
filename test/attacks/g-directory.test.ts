import { runAttacks } from './attack.js'
import { DIRECTORY_ATTACKS } from './g-directory.js'

runAttacks(DIRECTORY_ATTACKS)
