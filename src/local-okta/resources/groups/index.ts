import type { Kernel } from '../../kernel/kernel.js'
import type { LocalOktaSeed } from '../../seed.js'
import type { Resource } from '../resource.js'
import { Users } from '../users/store.js'
import { GROUP_EVENT_TYPES } from './events.js'
import { EVERYONE } from './group.js'
import { groupRoutes } from './routes.js'
import { Groups } from './store.js'

const EVERYONE_ID = '00geveryone000000001'

/** The groups of the org and who is in them. */
export const groups: Resource = {
  stores: [Groups],
  routes: groupRoutes,
  eventTypes: GROUP_EVENT_TYPES,
  seed: seedGroups
}

function seedGroups (kernel: Kernel, seed: LocalOktaSeed): void {
  const store = kernel.store(Groups)
  const users = kernel.store(Users)
  store.create({ id: EVERYONE_ID, name: EVERYONE, description: 'All users in your organization', type: 'BUILT_IN' })
  for (const group of seed.groups) store.create(group)
  for (const { profile, groups: names = [] } of seed.users) {
    const user = users.find(profile.login)
    for (const name of names) {
      const group = store.find(name)
      if (user && group) store.addUser(group, user.id)
    }
  }
}
