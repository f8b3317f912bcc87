import type okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

interface PolicyType {
  /** The names of the classes that the SDK makes of a policy and of its rules. */
  readonly classes: readonly [policy: keyof typeof okta, rule: keyof typeof okta]
  readonly policy: Json
  /** Undefined: it takes no rule beside its own. */
  readonly rule?: Json
  /** True if Okta makes a rule for each new one. */
  readonly hasOwnRule?: true
}

const ANYWHERE = { network: { connection: 'ANYWHERE' } }

const TYPES: Readonly<Record<string, PolicyType>> = {
  OKTA_SIGN_ON: {
    classes: ['OktaSignOnPolicy', 'OktaSignOnPolicyRule'],
    policy: { conditions: { people: { groups: { include: ['00geveryone000000001'] } } } },
    rule: { type: 'SIGN_ON', conditions: ANYWHERE, actions: { signon: { access: 'ALLOW', requireFactor: false, session: { usePersistentCookie: false, maxSessionIdleMinutes: 720 } } } }
  },
  PASSWORD: {
    classes: ['PasswordPolicy', 'PasswordPolicyRule'],
    policy: { settings: { password: { complexity: { minLength: 12 } } } },
    rule: { type: 'PASSWORD', conditions: ANYWHERE, actions: { passwordChange: { access: 'ALLOW' }, selfServicePasswordReset: { access: 'ALLOW' }, selfServiceUnlock: { access: 'DENY' } } }
  },
  MFA_ENROLL: {
    classes: ['AuthenticatorEnrollmentPolicy', 'AuthenticatorEnrollmentPolicyRule'],
    policy: { settings: { type: 'AUTHENTICATORS', authenticators: [{ key: 'okta_email', enroll: { self: 'OPTIONAL' } }] } },
    rule: { type: 'MFA_ENROLL', actions: { enroll: { self: 'CHALLENGE' } } }
  },
  ACCESS_POLICY: {
    classes: ['AccessPolicy', 'AccessPolicyRule'],
    policy: {},
    rule: { type: 'ACCESS_POLICY', actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', reauthenticateIn: 'PT2H', constraints: [] } } } },
    hasOwnRule: true
  },
  PROFILE_ENROLLMENT: { classes: ['ProfileEnrollmentPolicy', 'ProfileEnrollmentPolicyRule'], policy: {}, hasOwnRule: true }
}

for (const [type, { classes: [policyClass, ruleClass], policy, rule, hasOwnRule = false }] of Object.entries(TYPES)) {
  t.test(`a policy of type ${type} is created, read, renamed, deactivated and deleted, and so are its rules`, async t => {
    const { sdk: { policyApi } } = await shareSdk()
    const created = await policyApi.createPolicy({ policy: { type, name: `Policy ${type}`, description: 'A test', status: 'ACTIVE', ...policy } })
    const policyId = created.id
    t.equal(created.constructor.name, policyClass)
    t.match(created, { type, status: 'ACTIVE', system: false, _links: { rules: { href: String } } })
    t.ok((await listOf(policyApi.listPolicies({ type }))).some(({ id }) => id === policyId))
    t.match(await policyApi.replacePolicy({ policyId, policy: { ...created, name: `Renamed ${type}` } }), { id: policyId, name: `Renamed ${type}` })
    await policyApi.deactivatePolicy({ policyId })
    t.match(await policyApi.getPolicy({ policyId }), { status: 'INACTIVE' })
    await policyApi.activatePolicy({ policyId })
    t.equal((await listOf(policyApi.listPolicyRules({ policyId }))).length, hasOwnRule ? 1 : 0)
    if (rule) {
      const made = await policyApi.createPolicyRule({ policyId, policyRule: { name: 'First', ...rule } })
      const ids = { policyId, ruleId: made.id }
      t.equal(made.constructor.name, ruleClass)
      t.match(await policyApi.replacePolicyRule({ ...ids, policyRule: { ...made, name: 'Second' } }), { name: 'Second', actions: rule['actions'] })
      await policyApi.deactivatePolicyRule(ids)
      t.match(await policyApi.getPolicyRule(ids), { status: 'INACTIVE' })
      await policyApi.activatePolicyRule(ids)
      await policyApi.deletePolicyRule(ids)
      await isGone(t, policyApi.getPolicyRule(ids))
    } else await refused(t, policyApi.createPolicyRule({ policyId, policyRule: { type, name: 'Another' } }), 403, 'E0000006')
    await policyApi.deletePolicy({ policyId })
    await isGone(t, policyApi.getPolicy({ policyId }))
  })
}

t.test('further policies and rules come before Okta\'s own, whose default rule can be written as it is shown', async t => {
  const { sdk: { policyApi } } = await shareSdk()
  const orderOf = async (type: string): Promise<Record<string, unknown>> =>
    Object.fromEntries((await listOf(policyApi.listPolicies({ type }))).map(({ name, priority }) => [name, priority]))
  const [{ id: policyId }] = await listOf(policyApi.listPolicies({ type: 'IDP_DISCOVERY' })) as [Json]
  const made: Json[] = []
  for (const name of ['One', 'Two']) made.push(await policyApi.createPolicy({ policy: { type: 'OKTA_SIGN_ON', name } }))
  t.strictSame(await orderOf('OKTA_SIGN_ON'), { One: 1, Two: 2, 'Default Policy': 3 })
  for (const { id } of made) await policyApi.deletePolicy({ policyId: id })
  t.strictSame(await orderOf('OKTA_SIGN_ON'), { 'Default Policy': 1 })
  const [own] = await listOf(policyApi.listPolicyRules({ policyId })) as [Json]
  t.match(await policyApi.replacePolicyRule({ policyId, ruleId: own['id'], policyRule: own }), { id: own['id'], actions: { idp: { providers: [{ type: 'OKTA' }] } } })
  const { id: ruleId } = await policyApi.createPolicyRule({ policyId, policyRule: { ...own, name: 'Another' } })
  t.match(await listOf(policyApi.listPolicyRules({ policyId })), [{ name: 'Default Rule', priority: 2 }, { name: 'Another', priority: 1 }])
  await policyApi.deletePolicyRule({ policyId, ruleId })
})

t.test('a rule may name kinds of authenticators in small letters', async t => {
  const { sdk: { policyApi } } = await shareSdk()
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'ACCESS_POLICY', name: 'Small letters' } })
  const ruleOf = (types: string[]): Json => ({ type: 'ACCESS_POLICY', name: types[0], actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', reauthenticateIn: 'PT2H', constraints: [{ knowledge: { types } }] } } } })
  for (const types of [['password'], ['PASSWORD']]) {
    t.match(await policyApi.createPolicyRule({ policyId, policyRule: ruleOf(types) }), { actions: { appSignOn: { verificationMethod: { constraints: [{ knowledge: { types } }] } } } })
  }
  await refused(t, policyApi.createPolicyRule({ policyId, policyRule: ruleOf(['Face']) }), 400, 'E0000001')
  await policyApi.deletePolicy({ policyId })
})

t.test('a simulation tells which policy and which rule would decide, for whom and from where', async t => {
  const { sdk: { policyApi, groupApi, networkZoneApi }, org } = await shareSdk()
  const { id: groupId } = await groupApi.createGroup({ group: { profile: { name: 'Simulated' } } })
  const zone = await networkZoneApi.createNetworkZone({ zone: { type: 'IP', name: 'Simulated', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] } })
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'OKTA_SIGN_ON', name: 'Simulated', conditions: { people: { groups: { include: [groupId] } } } } })
  const { id: ruleId } = await policyApi.createPolicyRule({ policyId, policyRule: { type: 'SIGN_ON', name: 'In the zone', conditions: { network: { connection: 'ZONE', include: [zone.id] } }, actions: { signon: { access: 'DENY' } } } })
  const appInstance = org.clients.browser.clientId
  const simulate = async (policyContext?: Json, policyTypes: unknown = ['OKTA_SIGN_ON'], expand?: string): Promise<Json[]> =>
    await policyApi.createPolicySimulation({ expand, simulatePolicy: [{ appInstance, policyTypes, policyContext }] })
  const user = { id: '00ugracehopper000001' }
  const member = { user, groups: { ids: [groupId] } }
  const decided = { status: 'MATCH', result: { policies: [{ id: policyId, status: 'MATCH', rules: [{ id: ruleId, status: 'MATCH' }] }] } }
  const byDefault = { status: 'MATCH', result: { policies: [{ name: 'Default Policy', rules: [{ name: 'Default Rule' }] }] } }

  t.match(await simulate({ ...member, ip: '192.0.2.7' }), [decided], 'the address is in the zone')
  t.match(await simulate({ ...member, zones: { ids: [zone.id] } }), [decided], 'the zone is given')
  t.match(await simulate({ ...member, ip: '198.51.100.7' }), [byDefault], 'the address is elsewhere')
  t.match(await simulate({ user, groups: { ids: [] }, ip: '192.0.2.7' }, ['OKTA_SIGN_ON'], 'EVALUATED'),
    [{ ...byDefault, evaluated: { policies: [{ id: policyId, status: 'NOT_MATCH' }] } }], 'the user is not in the group')
  t.match(await simulate(member, ['OKTA_SIGN_ON'], 'RULE'),
    [{ undefined: { policies: [{ id: policyId, rules: [{ id: ruleId, conditions: [{ type: 'people', status: 'MATCH' }, { type: 'network.connection', status: 'UNDEFINED' }] }] }] } }], 'no address and no zone is given')
  t.match(await simulate(undefined, null), [{ policyType: ['OKTA_SIGN_ON'] }, { policyType: ['ACCESS_POLICY'], status: 'MATCH' }, { policyType: ['PROFILE_ENROLLMENT'] }, { policyType: ['MFA_ENROLL'] }])

  await refused(t, simulate(member, ['PASSWORD']), 400, 'E0000001')
  await refused(t, simulate({ user: { id: '00unobody' } }), 404, 'E0000007')
  await isGone(t, policyApi.createPolicySimulation({ simulatePolicy: [{ appInstance: '0oanone' }] }))
  await policyApi.deletePolicy({ policyId })
})

t.test('a simulation evaluates the access policy that an app was given, and no other', async t => {
  const { sdk: { policyApi, applicationApi }, org } = await shareSdk()
  const appInstance = org.clients.native.clientId
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'ACCESS_POLICY', name: 'Of the app' } })
  await applicationApi.assignApplicationPolicy({ appId: appInstance, policyId })
  const evaluate = async (appId: string): Promise<Json[]> => await policyApi.createPolicySimulation({ simulatePolicy: [{ appInstance: appId, policyTypes: ['ACCESS_POLICY'] }] })
  t.match(await evaluate(appInstance), [{ result: { policies: [{ id: policyId, rules: [{ name: 'Catch-all Rule' }] }] } }])
  t.match(await evaluate(org.clients.browser.clientId), [{ result: { policies: [{ name: 'Default Policy' }] } }])
  await policyApi.deletePolicy({ policyId })
})

t.test('a zone that a rule names, a check of devices that a rule requires, and a push provider of an authenticator stay as long as they are used', async t => {
  const { sdk: { policyApi, networkZoneApi, deviceAssuranceApi, pushProviderApi, authenticatorApi } } = await shareSdk()
  const zone = await networkZoneApi.createNetworkZone({ zone: { type: 'IP', name: 'Used', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] } })
  const device = await deviceAssuranceApi.createDeviceAssurancePolicy({ deviceAssurance: { name: 'Used', platform: 'ANDROID' } })
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'ACCESS_POLICY', name: 'Uses' } })
  const conditions = { network: { connection: 'ZONE', include: [zone.id] }, device: { registered: true, assurance: { include: [device.id] } } }
  const { id: ruleId } = await policyApi.createPolicyRule({ policyId, policyRule: { type: 'ACCESS_POLICY', name: 'Uses', conditions, actions: { appSignOn: { access: 'DENY' } } } })
  const provider = await pushProviderApi.createPushProvider({ pushProvider: { name: 'Used', providerType: 'FCM', configuration: { serviceAccountJson: {} } } })
  await authenticatorApi.createAuthenticator({ authenticator: { key: 'custom_app', name: 'Uses', agreeToTerms: true, settings: { userVerification: 'PREFERRED', appInstanceId: '0oa1' }, provider: { type: 'PUSH', configuration: { fcm: { id: provider.id } } } } })

  await networkZoneApi.deactivateNetworkZone({ zoneId: zone.id })
  await refused(t, networkZoneApi.deleteNetworkZone({ zoneId: zone.id }), 403, 'E0000006')
  await refused(t, deviceAssuranceApi.deleteDeviceAssurancePolicy({ deviceAssuranceId: device.id }), 409, 'E0000195')
  await refused(t, pushProviderApi.deletePushProvider({ pushProviderId: provider.id }), 409, 'E0000195')
  await policyApi.deletePolicyRule({ policyId, ruleId })
  await networkZoneApi.deleteNetworkZone({ zoneId: zone.id })
  await deviceAssuranceApi.deleteDeviceAssurancePolicy({ deviceAssuranceId: device.id })
  await isGone(t, networkZoneApi.getNetworkZone({ zoneId: zone.id }))
  await policyApi.deletePolicy({ policyId })
})
