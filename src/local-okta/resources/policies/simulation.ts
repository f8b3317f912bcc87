import { invalid, notFound } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Applications } from '../apps/store.js'
import { Groups } from '../groups/store.js'
import { collectionAt, recordsIn } from '../crud/parents.js'
import type { StoredRecord } from '../crud/store.js'
import { Users } from '../users/store.js'
import { PolicyMappings } from './policy-mappings.js'
import { compareConditions, member, policiesOf, rulesOf } from './rules.js'
import type { PolicyContext } from './rules.js'

/** What can be simulated. */
const TYPES: readonly string[] = ['OKTA_SIGN_ON', 'ACCESS_POLICY', 'PROFILE_ENROLLMENT', 'MFA_ENROLL']
/** Of these types an app has one policy. */
const OF_APPS: readonly string[] = ['ACCESS_POLICY', 'PROFILE_ENROLLMENT']

type Status = 'MATCH' | 'NOT_MATCH' | 'UNDEFINED'

/** A policy or a rule as it is shown, and whether it matches. */
interface Outcome {
  readonly status: Status
  readonly shown: Json
}

/** What a simulation is about. */
interface Simulation {
  readonly kernel: Kernel
  readonly appId: string
  readonly context: PolicyContext
  /** False if neither an address nor zones are given: whether the client is in a zone is undefined then. */
  readonly hasLocation: boolean
  /** True if the conditions are shown. */
  readonly hasConditions: boolean
}

/**
 * Which policies and rules would decide, by the conditions that decide sign-ins here: people and networks. One evaluation for
 * each type of policy of each request. What of a rule is not compared here always holds.
 *
 * @throws {OktaApiError} 400 E0000001 for a type that cannot be simulated; 404 E0000007 for an app or a user that does not exist
 */
export function simulatePolicies (kernel: Kernel, body: readonly unknown[], expand = ''): Json[] {
  const expanded = expand.split(',')
  return body.flatMap((requested) => {
    const json = readObject(requested)
    const simulation = { ...readSimulation(kernel, json), hasConditions: expanded.includes('RULE') }
    return readTypes(json).map((type) => evaluateType(simulation, type, expanded.includes('EVALUATED')))
  })
}

function readTypes (json: Json): readonly string[] {
  const types = readTexts(json, 'policyTypes')
  if (types.some((type) => !TYPES.includes(type))) throw invalid('policyTypes', `must be of ${TYPES.join(', ')}`)
  return types.length === 0 ? TYPES : types
}

function readSimulation (kernel: Kernel, json: Json): Omit<Simulation, 'hasConditions'> {
  const appId = readText(json, 'appInstance')
  kernel.store(Applications).get(appId)
  const context = readMember(json, 'policyContext')
  const userId = readOptionalText(readMember(context, 'user'), 'id') ?? ''
  if (userId !== '' && !kernel.store(Users).findById(userId)) throw notFound(userId, 'User')
  const groups = kernel.store(Groups)
  // every user is in the group Everyone
  const own = userId === '' ? groups.all().filter(({ type }) => type === 'BUILT_IN') : groups.ofUser(userId)
  const groupIds = [...readTexts(readMember(context, 'groups'), 'ids'), ...own.map(({ id }) => id)]
  const [ipAddress, zoneIds] = [readOptionalText(context, 'ip') ?? '', readTexts(readMember(context, 'zones'), 'ids')]
  return { kernel, appId, context: { userId, groupIds, ipAddress, zoneIds }, hasLocation: ipAddress !== '' || zoneIds.length > 0 }
}

function evaluateType (simulation: Simulation, type: string, isEvaluatedShown: boolean): Json {
  const evaluated: Outcome[] = []
  for (const policy of policiesFor(simulation, type)) {
    const outcome = evaluatePolicy(simulation, policy)
    evaluated.push(outcome)
    if (outcome.status === 'MATCH') break
  }
  const shownOf = (status: Status): Json => ({ policies: evaluated.filter((outcome) => outcome.status === status).map(({ shown }) => shown) })
  const statuses = new Set(evaluated.map(({ status }) => status))
  return {
    status: statuses.has('MATCH') ? 'MATCH' : statuses.has('UNDEFINED') ? 'UNDEFINED' : 'NOT_MATCH',
    policyType: [type],
    result: shownOf('MATCH'),
    undefined: shownOf('UNDEFINED'),
    ...(isEvaluatedShown ? { evaluated: shownOf('NOT_MATCH') } : {})
  }
}

function policiesFor ({ kernel, appId }: Simulation, type: string): StoredRecord[] {
  const collection = collectionAt('/policies')
  // the default policies are created when they are first needed
  if (collection) recordsIn(kernel, collection, { params: {}, path: '/policies' })
  const policies = policiesOf(kernel, type)
  if (!OF_APPS.includes(type)) return policies
  const mappings = kernel.store(PolicyMappings)
  const own = policies.filter((policy) => mappings.of(policy).some(({ body }) => body['resourceId'] === appId))
  return own.length > 0 ? own : policies.filter(({ system }) => system)
}

// a policy decides if its conditions hold and those of one of its rules
function evaluatePolicy (simulation: Simulation, policy: StoredRecord): Outcome {
  const { kernel } = simulation
  const rules = collectionAt('/policies/{policyId}/rules')
  if (rules) recordsIn(kernel, rules, { params: { policyId: policy.key }, path: `/policies/${policy.key}/rules` })
  const own = evaluate(simulation, policy)
  const outcomes: Outcome[] = []
  for (const rule of own.status === 'NOT_MATCH' ? [] : rulesOf(kernel, policy)) {
    outcomes.push(evaluate(simulation, rule))
    if (outcomes.at(-1)?.status === 'MATCH') break
  }
  const found = outcomes.find(({ status }) => status === 'MATCH') ?? outcomes.find(({ status }) => status === 'UNDEFINED')
  const status = own.status === 'MATCH' ? found?.status ?? 'NOT_MATCH' : own.status
  const shown = status === 'MATCH' ? outcomes.filter((outcome) => outcome.status === 'MATCH') : outcomes
  return { status, shown: { ...own.shown, status, rules: shown.map((outcome) => outcome.shown) } }
}

function evaluate ({ kernel, context, hasLocation, hasConditions }: Simulation, record: StoredRecord): Outcome {
  const compared = compareConditions(kernel, record, context)
  const isUndefined = !hasLocation && member(member(record.body, 'conditions'), 'network')['connection'] === 'ZONE'
  const conditions: ReadonlyArray<readonly [type: string, status: Status]> = [
    ['people', compared.people ? 'MATCH' : 'NOT_MATCH'],
    ['network.connection', isUndefined ? 'UNDEFINED' : compared.network ? 'MATCH' : 'NOT_MATCH']
  ]
  const statuses = conditions.map(([, status]) => status)
  const status = statuses.includes('NOT_MATCH') ? 'NOT_MATCH' : statuses.includes('UNDEFINED') ? 'UNDEFINED' : 'MATCH'
  return {
    status,
    shown: {
      id: record.key,
      name: record.body['name'],
      status,
      conditions: hasConditions ? conditions.map(([type, met]) => ({ type, status: met })) : []
    }
  }
}
