// Where the authorization servers look for what is in resources/users/.
export { isActive } from '../resources/users/user.js'
export type { User, UserProfile, UserStatus } from '../resources/users/user.js'
export type { Users } from '../resources/users/store.js'
