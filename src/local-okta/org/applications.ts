// Where the authorization servers look for what is in resources/apps/.
export type { Application, ApplicationType, ClientAuthMethod } from '../resources/apps/application.js'
export type { Applications } from '../resources/apps/store.js'
