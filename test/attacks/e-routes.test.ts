import { runAttacks } from './attack.js'
import { ROUTES } from './e-routes.js'

runAttacks(ROUTES)
