import { OktaApiError } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { lifecycle } from '../definitions.js'
import type { StoredRecord } from '../store.js'
import type { Family } from './family.js'

const FEATURES: ReadonlyArray<readonly [name: string, stage: string]> = [
  ['Federation Broker Mode', 'CLOSED'], ['Custom Admin Roles', 'OPEN'], ['Dynamic OS version compliance', 'OPEN'], ['Grace period for device assurance', 'CLOSED'], ['Realms for Workforce', 'OPEN']
]
const INTEGRATIONS: ReadonlyArray<readonly [name: string, platform: string, displayName: string]> = [
  ['com.android.zero.trust', 'ANDROID', 'Android Device Trust'], ['com.crowdstrike.zta', 'WINDOWS', 'CrowdStrike'], ['com.google.dtc', 'CHROMEOS', 'Chrome Device Trust'],
  ['com.okta.device.osquery', 'MACOS', 'osquery'], ['com.okta.windowssecuritycenter', 'WINDOWS', 'Windows Security Center']
]

/** What an administrator can turn on and off. No feature changes anything here, and none depends on another. */
export const features: Family = {
  collections: [
    {
      path: '/features',
      prefix: 'ftr',
      type: 'Feature',
      events: lifecycle('system.feature'),
      initial: () => FEATURES.map(([name, state]) => ({ name, type: 'self-service', stage: { value: 'EA', state }, description: `${name} for the org.` })),
      initialStatus: 'DISABLED',
      verbs: { '{}': (_record, { params }) => ({ status: readLifecycle(params['lifecycle']) }) },
      view: (kernel, record, shown) => ({ ...shown, _links: linksOf(kernel, record) })
    },
    {
      path: '/device-integrations',
      prefix: 'dei',
      type: 'DeviceIntegration',
      events: lifecycle('device.integration'),
      initial: () => INTEGRATIONS.map(([name, platform, displayName]) => ({ name, platform, displayName })),
      initialStatus: 'DEACTIVATED',
      verbs: { 'lifecycle/deactivate': { status: 'DEACTIVATED' } }
    }
  ],
  fixed: ['dependencies', 'dependents'].map((kind) => ({ path: `/features/{featureId}/${kind}`, answer: () => [] }))
}

// in the path, in any letter case
function readLifecycle (lifecycle: string | undefined): string {
  const verb = lifecycle?.toUpperCase()
  if (verb !== 'ENABLE' && verb !== 'DISABLE') throw new OktaApiError('E0000008')
  return `${verb}D`
}

function linksOf ({ orgUrl }: Kernel, { key }: StoredRecord): Json {
  const href = `${orgUrl}/api/v1/features/${key}`
  return { self: { href }, dependencies: { href: `${href}/dependencies` }, dependents: { href: `${href}/dependents` } }
}
