import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readObject, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { Applications } from '../apps/store.js'
import { toAppView } from '../apps/view.js'
import { Records } from '../crud/store.js'
import type { StoredRecord } from '../crud/store.js'
import { PolicyMappings } from './policy-mappings.js'
import { simulatePolicies } from './simulation.js'

const READ = 'okta.policies.read'
const MANAGE = 'okta.policies.manage'
const STORES = { records: Records, apps: Applications, mappings: PolicyMappings }
const POLICY = '/policies/{policyId}'

type PolicyStores = Stores<typeof STORES>

const { route } = routesOn(STORES)

const simulation: Route = {
  method: 'POST',
  path: '/policies/simulate',
  isOutside: false,
  scope: READ,
  status: 200,
  read: (body) => {
    if (!Array.isArray(body)) throw new OktaApiError('E0000003')
    return body
  },
  // it works on more stores than a route names: those of the records make what exists from the start
  answer: async (kernel, { body, query }) => ({ status: 200, body: simulatePolicies(kernel, body as unknown[], query['expand']) })
}

/** Copies of a policy, the apps it is for, of which each has one policy of a type, and the simulation. */
export const policyRoutes: Route[] = [
  simulation,
  route({ method: 'POST', path: `${POLICY}/clone`, scope: MANAGE, answer: (stores, request) => toPolicyView(stores, stores.mappings.clonePolicy(policyOf(stores, request))) }),
  route({
    method: 'GET',
    path: `${POLICY}/app`,
    scope: READ,
    answer: (stores, request) => stores.mappings.of(policyOf(stores, request)).flatMap(({ body }) => stores.apps.findById(String(body['resourceId'])) ?? []).map((app) => toAppView(stores.orgUrl, app))
  }),
  route({ method: 'GET', path: `${POLICY}/mappings`, scope: READ, answer: (stores, request) => stores.mappings.of(policyOf(stores, request)).map((mapping) => toMappingView(stores, mapping)) }),
  route({
    method: 'POST',
    path: `${POLICY}/mappings`,
    scope: MANAGE,
    body: readObject,
    answer: (stores, request) => {
      const policy = policyOf(stores, request)
      const resourceId = readText(request.body, 'resourceId')
      if (!stores.apps.findById(resourceId)) throw invalid('resourceId', 'The app does not exist')
      return toMappingView(stores, stores.mappings.map(policy, resourceId))
    }
  }),
  route({ method: 'GET', path: `${POLICY}/mappings/{mappingId}`, scope: READ, answer: (stores, request) => toMappingView(stores, mappingOf(stores, request)) }),
  route({ method: 'DELETE', path: `${POLICY}/mappings/{mappingId}`, scope: MANAGE, status: 204, answer: (stores, request) => { stores.mappings.unmap(mappingOf(stores, request)) } }),
  route({
    method: 'PUT',
    path: '/apps/{appId}/policies/{policyId}',
    scope: 'okta.apps.manage',
    status: 204,
    answer: (stores, request) => { stores.mappings.map(policyOf(stores, request), stores.apps.get(request.params['appId'] ?? '').id) }
  })
]

function policyOf ({ records }: PolicyStores, { params }: ApiRequest): StoredRecord {
  return records.get('/policies', params['policyId'] ?? '', 'Policy')
}

function mappingOf (stores: PolicyStores, request: ApiRequest): StoredRecord {
  return stores.mappings.get(policyOf(stores, request), request.params['mappingId'] ?? '')
}

function toPolicyView ({ orgUrl }: PolicyStores, { key, status, system, created, lastUpdated, body }: StoredRecord): Json {
  const href = `${orgUrl}/api/v1/policies/${key}`
  return { ...body, id: key, status, system, created, lastUpdated, _links: { self: { href }, rules: { href: `${href}/rules` } } }
}

function toMappingView ({ orgUrl }: PolicyStores, { collection, key, body }: StoredRecord): Json {
  const policy = `${orgUrl}/api/v1${collection.replace(/\/mappings$/, '')}`
  return { id: key, _links: { application: { href: `${orgUrl}/api/v1/apps/${String(body['resourceId'])}` }, policy: { href: policy }, self: { href: `${policy}/mappings/${key}` } } }
}
