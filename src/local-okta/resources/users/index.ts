import type { Resource } from '../resource.js'
import { ActivationTokens } from './activation-tokens.js'
import { USER_EVENT_TYPES } from './events.js'
import { userLifecycleRoutes } from './lifecycle.js'
import { userRoutes } from './routes.js'
import { recoveryRoutes } from './recovery.js'
import { RecoveryTokens } from './recovery-tokens.js'
import { Users } from './store.js'

/** The people of the org, and their lifecycle. */
export const users: Resource = {
  stores: [Users, RecoveryTokens, ActivationTokens],
  routes: [...userRoutes, ...userLifecycleRoutes, ...recoveryRoutes],
  eventTypes: USER_EVENT_TYPES,
  seed: (kernel, seed) => {
    const store = kernel.store(Users)
    for (const { groups, ...newUser } of seed.users) store.create(newUser)
  }
}
