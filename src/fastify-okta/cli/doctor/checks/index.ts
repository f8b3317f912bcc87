import type { Check } from '../check.js'
import { audience } from './audience.js'
import { clientAssigned } from './client-assigned.js'
import { clientEveryone } from './client-everyone.js'
import { clientRedirect } from './client-redirect.js'
import { clientType } from './client-type.js'
import { clock } from './clock.js'
import { cors } from './cors.js'
import { directoryRights } from './directory-rights.js'
import { directoryToken } from './directory-token.js'
import { eventHook } from './event-hook.js'
import { groupExists } from './group-exists.js'
import { groupMembers } from './group-members.js'
import { groupsClaim } from './groups-claim.js'
import { issuerDiscovery } from './issuer-discovery.js'
import { issuerForm } from './issuer-form.js'
import { issuerKeys } from './issuer-keys.js'
import { publicUrl } from './public-url.js'
import { redis } from './redis.js'
import { scopes } from './scopes.js'
import { securityEvents } from './security-events.js'
import { serverPolicy } from './server-policy.js'

/** In the order of the report. */
export const CHECKS: readonly Check[] = [
  issuerForm, issuerDiscovery, issuerKeys, clock, audience, serverPolicy, scopes, clientType, clientRedirect, clientAssigned, clientEveryone, cors,
  directoryToken, directoryRights, groupExists, groupMembers, groupsClaim, eventHook, securityEvents, redis, publicUrl
]
