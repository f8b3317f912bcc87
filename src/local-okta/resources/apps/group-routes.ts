import { invalid, OktaApiError } from '../../kernel/errors.js'
import { isObject, readMember, readObject } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Stores } from '../../kernel/route.js'
import type { Group } from '../groups/group.js'
import { nameStartsWith } from '../groups/search.js'
import { Groups } from '../groups/store.js'
import { toGroupView } from '../groups/view.js'
import { AppGroups } from './app-groups.js'
import type { AppGroup, AppGroupSettings, Application } from './application.js'
import { Applications } from './store.js'
import { toAppGroupView } from './view.js'
import { appOf } from './requested-app.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const STORES = { apps: Applications, appGroups: AppGroups, groups: Groups }

type AppGroupStores = Stores<typeof STORES>

/** A step of a JSON patch (RFC 6902), of those that Okta knows here. */
interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove'
  /** `/priority`, `/profile` or `/profile/{attribute}`, in parts. */
  readonly path: readonly string[]
  readonly value: unknown
}

const { route, list } = routesOn(STORES)

/** `/apps/{appId}/groups`: which groups are assigned to an app. */
export const appGroupRoutes = [
  list({
    path: '/apps/{appId}/groups',
    scope: READ,
    page: { default: 20, max: 200 },
    items: (stores, request) => findAssignedGroups(stores, appOf(stores, request), request.query['q'] ?? ''),
    view: (stores, group, request) => toExpandedView(stores, stores.appGroups.get(appOf(stores, request), group.id), request)
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/groups/{groupId}',
    scope: READ,
    answer: (stores, request) => toExpandedView(stores, assignmentOf(stores, request), request)
  }),
  route({
    method: 'PUT',
    path: '/apps/{appId}/groups/{groupId}',
    scope: MANAGE,
    body: readSettings,
    answer: (stores, request) => {
      const group = stores.groups.get(request.params['groupId'] ?? '')
      return toAppGroupView(stores.orgUrl, stores.appGroups.assign(appOf(stores, request), group, request.body))
    }
  }),
  route({
    method: 'PATCH',
    path: '/apps/{appId}/groups/{groupId}',
    scope: MANAGE,
    body: readPatch,
    answer: (stores, request) => {
      const { priority, profile, groupId } = assignmentOf(stores, request)
      const patched = readSettings(applyPatch({ priority, profile }, request.body))
      return toAppGroupView(stores.orgUrl, stores.appGroups.assign(appOf(stores, request), stores.groups.get(groupId), patched))
    }
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}/groups/{groupId}',
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => {
      const { groupId } = assignmentOf(stores, request)
      stores.appGroups.unassign(appOf(stores, request), stores.groups.get(groupId))
    }
  })
]

function findAssignedGroups ({ groups, appGroups }: AppGroupStores, app: Application, q: string): Group[] {
  return appGroups.ofApp(app.id).map(({ groupId }) => groups.get(groupId)).filter((group) => nameStartsWith(group, q))
}

function toExpandedView ({ groups, orgUrl }: AppGroupStores, assignment: AppGroup, { query }: ApiRequest): Record<string, unknown> {
  const view = toAppGroupView(orgUrl, assignment)
  return query['expand'] === 'group' ? { ...view, _embedded: { group: toGroupView(orgUrl, groups.get(assignment.groupId)) } } : view
}

// SDKs assign a group without a body
function readSettings (body: unknown): AppGroupSettings {
  const json = body === undefined || body === null ? {} : readObject(body)
  const { priority } = json
  if (priority !== undefined && (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 0)) {
    throw invalid('priority', 'must be an integer of 0 or more')
  }
  return { priority, profile: json['profile'] === undefined ? undefined : readMember(json, 'profile') }
}

function readPatch (body: unknown): PatchStep[] {
  if (!Array.isArray(body)) throw new OktaApiError('E0000003')
  return body.map((step: unknown) => {
    const { op, path, value } = readObject(step)
    if (op !== 'add' && op !== 'replace' && op !== 'remove') throw invalid('op', 'must be add, replace or remove')
    if (typeof path !== 'string' || !/^\/(priority|profile(\/[^/]+)?)$/.test(path)) {
      throw invalid('path', 'must be /priority, /profile or /profile/{attribute}')
    }
    return { op, path: path.slice(1).split('/'), value }
  })
}

function applyPatch (assignment: { priority: number, profile: object }, steps: readonly PatchStep[]): Record<string, unknown> {
  const patched: Record<string, unknown> = { ...assignment, profile: { ...assignment.profile } }
  for (const { op, path: [member = '', attribute], value } of steps) {
    const profile = isObject(patched['profile']) ? patched['profile'] : {}
    const target = attribute === undefined ? patched : { ...profile }
    // RFC 6901 section 4: ~1 stands for a slash, ~0 for a tilde
    const name = (attribute ?? member).replaceAll('~1', '/').replaceAll('~0', '~')
    if (op === 'remove') delete target[name]
    else target[name] = value
    if (attribute !== undefined) patched['profile'] = target
  }
  return patched
}

function assignmentOf (stores: AppGroupStores, request: ApiRequest): AppGroup {
  return stores.appGroups.get(appOf(stores, request), request.params['groupId'] ?? '')
}
