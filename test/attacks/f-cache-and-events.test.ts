import { runAttacks } from './attack.js'
import { CACHE_AND_EVENTS } from './f-cache-and-events.js'

runAttacks(CACHE_AND_EVENTS)
