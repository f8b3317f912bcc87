import { runAttacks } from './attack.js'
import { HTTP } from './beyond-http.js'

runAttacks(HTTP)
