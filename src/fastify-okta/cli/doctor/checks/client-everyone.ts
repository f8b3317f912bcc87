import { ok, warn, type Check } from '../check.js'
import { findEveryoneId } from './client-assigned.js'

export const clientEveryone: Check = {
  id: 'client.everyone',
  why: 'With Everyone assigned, each user of the org can sign in and obtain tokens; only the service still refuses those outside of the group.',
  needs: ['client.type'],
  async run ({ settings: { clientId = '', group }, org }) {
    const everyoneId = await findEveryoneId({ org })
    const assigned = await org.listAppGroupIds(clientId)
    return everyoneId !== undefined && assigned.includes(everyoneId)
      ? warn('the group Everyone is assigned to the app', `Admin Console: Applications > (app) > Assignments > Groups > Everyone > X; assign ${group} instead`)
      : ok('Everyone is not assigned to the app')
  }
}
