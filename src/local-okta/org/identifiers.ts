// Where the authorization servers look for what is in kernel/.
export { createApiToken, createId, createTokenId } from '../kernel/identifiers.js'
