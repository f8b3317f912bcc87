export { shareOrg as share, startOrg as start } from '../fixtures/org.js'
