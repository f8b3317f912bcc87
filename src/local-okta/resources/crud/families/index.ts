import { administrators } from './administrators.js'
import { applications } from './applications.js'
import { authenticators } from './authenticators.js'
import { brands } from './brands.js'
import type { Family } from './family.js'
import { features } from './features.js'
import { identity } from './identity.js'
import { identityProviders } from './identity-providers.js'
import { messaging } from './messaging.js'
import { organization } from './organization.js'
import { policies } from './policies.js'
import { schemas } from './schemas.js'

/** Everything that is served by Okta's description alone. */
export const FAMILIES: readonly Family[] = [
  administrators, applications, authenticators, brands, features, identity, identityProviders, messaging, organization, policies, schemas
]
