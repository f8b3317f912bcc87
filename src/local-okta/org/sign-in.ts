// Where the authorization servers look for what is in kernel/ and resources/users/.
export { isSameText } from '../kernel/same-text.js'
export { hasPassword } from '../resources/users/password.js'
