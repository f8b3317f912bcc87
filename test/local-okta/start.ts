export { shareOrg as share, startOrg as start } from '../kit/org.js'
