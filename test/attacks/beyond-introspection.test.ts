import { runAttacks } from './attack.js'
import { INTROSPECTION } from './beyond-introspection.js'

runAttacks(INTROSPECTION)
