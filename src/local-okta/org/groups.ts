// Where the authorization servers look for what is in resources/groups/.
export type { Group } from '../resources/groups/group.js'
export type { Groups } from '../resources/groups/store.js'
