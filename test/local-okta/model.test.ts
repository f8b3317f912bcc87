import okta from '@okta/okta-sdk-nodejs'
import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { start } from './start.js'
import { runs } from '../kit/ci.js'

/** What the org should hold: users by login, groups and apps by name, and rules by the department that they are about. */
interface Model {
  readonly users: Map<string, { id: string, department: string, isActive: boolean }>
  readonly groups: Map<string, { id: string, members: Set<string> }>
  readonly apps: Map<string, { id: string, users: Set<string>, groups: Set<string> }>
  readonly rules: Map<string, { id: string, group: string, excluded: Set<string> }>
}

type Sdk = InstanceType<typeof okta.Client>

/** One call, and what it changes of the model. It does nothing where there is nothing for it to work on. */
type Step = (sdk: Sdk, model: Model, pick: readonly [number, number]) => Promise<void>

const LETTERS = ['a', 'b', 'c', 'd']
const DEPARTMENTS = ['Sales', 'Support']

function picked<T> (values: Iterable<T>, at: number): T | undefined {
  const all = [...values]
  return all[at % Math.max(all.length, 1)]
}

/** Whom the rules add to a group: active users of their departments, except those whom somebody has removed. */
function ruledMembersOf ({ users, rules }: Model, group: string): string[] {
  const ruled = [...rules].filter(([, rule]) => rule.group === group)
  return [...users].filter(([login, { department, isActive }]) =>
    isActive && ruled.some(([about, { excluded }]) => about === department && !excluded.has(login))).map(([login]) => login)
}

/** The members that the rules make, and those that were added. A user who is deactivated stays in the groups. */
function membersOf (model: Model, group: string): string[] {
  return [...new Set([...model.groups.get(group)?.members ?? [], ...ruledMembersOf(model, group)])].sort()
}

const STEPS: Readonly<Record<string, Step>> = {
  createUser: async ({ userApi }, { users }, [a, b]) => {
    const login = `${LETTERS[a % 4]}@example.net`
    const department = DEPARTMENTS[b % 2] ?? ''
    const create = userApi.createUser({ body: { profile: { login, email: login, firstName: 'A', lastName: 'B', department }, credentials: { password: { value: 'local-okta-1' } } } })
    if (users.has(login)) return await rejects(create, 400)
    users.set(login, { id: (await create).id ?? '', department, isActive: true })
  },
  moveUser: async ({ userApi }, { users }, [a, b]) => {
    const [, user] = picked(users, a) ?? []
    if (!user?.isActive) return
    user.department = DEPARTMENTS[b % 2] ?? ''
    await userApi.updateUser({ userId: user.id, user: { profile: { department: user.department } } })
  },
  deactivateUser: async ({ userApi }, model, [a]) => {
    const [login, user] = picked(model.users, a) ?? []
    if (login === undefined || !user?.isActive) return
    await userApi.deactivateUser({ userId: user.id })
    user.isActive = false
    for (const app of model.apps.values()) app.users.delete(login)
  },
  activateUser: async ({ userApi }, { users }, [a]) => {
    const [, user] = picked(users, a) ?? []
    if (user === undefined) return
    const activate = userApi.activateUser({ userId: user.id, sendEmail: false })
    if (user.isActive) return await rejects(activate, 403)
    await activate
    user.isActive = true
  },
  deleteUser: async ({ userApi }, model, [a]) => {
    const [login, user] = picked(model.users, a) ?? []
    if (login === undefined || user === undefined) return
    if (user.isActive) await userApi.deleteUser({ userId: user.id })
    await userApi.deleteUser({ userId: user.id })
    model.users.delete(login)
    for (const { excluded } of model.rules.values()) excluded.delete(login)
    for (const { members } of model.groups.values()) members.delete(login)
    for (const app of model.apps.values()) app.users.delete(login)
  },
  createGroup: async ({ groupApi }, { groups }, [a]) => {
    const name = `Group ${LETTERS[a % 4]}`
    const create = groupApi.createGroup({ group: { profile: { name } } })
    if (groups.has(name)) return await rejects(create, 400)
    groups.set(name, { id: (await create).id ?? '', members: new Set() })
  },
  deleteGroup: async ({ groupApi }, model, [a]) => {
    const [name, group] = picked(model.groups, a) ?? []
    if (name === undefined || group === undefined || [...model.rules.values()].some(rule => rule.group === name)) return
    await groupApi.deleteGroup({ groupId: group.id })
    model.groups.delete(name)
    for (const app of model.apps.values()) app.groups.delete(name)
  },
  addMember: async ({ groupApi }, model, [a, b]) => {
    const [[login, user] = [], [name, group] = []] = [picked(model.users, a), picked(model.groups, b)]
    if (login === undefined || user === undefined || name === undefined || group === undefined) return
    await groupApi.assignUserToGroup({ groupId: group.id, userId: user.id })
    // to add a member changes nothing: one whom a rule has added stays the rule's
    if (!membersOf(model, name).includes(login)) group.members.add(login)
  },
  removeMember: async ({ groupApi }, model, [a, b]) => {
    const [name, group] = picked(model.groups, b) ?? []
    if (name === undefined || group === undefined) return
    const login = picked(membersOf(model, name), a)
    const user = model.users.get(login ?? '')
    if (login === undefined || user === undefined) return
    await groupApi.unassignUserFromGroup({ groupId: group.id, userId: user.id })
    group.members.delete(login)
    const rule = model.rules.get(user.department)
    if (rule?.group === name && user.isActive) rule.excluded.add(login)
  },
  createApp: async ({ applicationApi }, { apps }, [a]) => {
    const label = `App ${LETTERS[a % 4]}`
    if (apps.has(label)) return
    const application = { name: 'bookmark', label, signOnMode: 'BOOKMARK', settings: { app: { url: 'https://a.example', requestIntegration: false } } } as unknown as okta.Application
    apps.set(label, { id: (await applicationApi.createApplication({ application })).id ?? '', users: new Set(), groups: new Set() })
  },
  deleteApp: async ({ applicationApi }, { apps }, [a]) => {
    const [label, app] = picked(apps, a) ?? []
    if (label === undefined || app === undefined) return
    await rejects(applicationApi.deleteApplication({ appId: app.id }), 403)
    await applicationApi.deactivateApplication({ appId: app.id })
    await applicationApi.deleteApplication({ appId: app.id })
    apps.delete(label)
  },
  assignUser: async ({ applicationApi }, { users, apps }, [a, b]) => {
    const [[login, user] = [], [, app] = []] = [picked(users, a), picked(apps, b)]
    if (login === undefined || !user?.isActive || app === undefined) return
    await applicationApi.assignUserToApplication({ appId: app.id, appUser: { id: user.id } as okta.AppUserAssignRequest })
    app.users.add(login)
  },
  unassignUser: async ({ applicationApi }, { users, apps }, [a, b]) => {
    const [, app] = picked(apps, b) ?? []
    const login = picked(app?.users ?? [], a)
    if (app === undefined || login === undefined) return
    await applicationApi.unassignUserFromApplication({ appId: app.id, userId: users.get(login)?.id ?? '' })
    app.users.delete(login)
  },
  assignGroup: async ({ applicationApi }, { groups, apps }, [a, b]) => {
    const [[name, group] = [], [, app] = []] = [picked(groups, a), picked(apps, b)]
    if (name === undefined || group === undefined || app === undefined) return
    await applicationApi.assignGroupToApplication({ appId: app.id, groupId: group.id })
    app.groups.add(name)
  },
  unassignGroup: async ({ applicationApi }, { groups, apps }, [a, b]) => {
    const [, app] = picked(apps, b) ?? []
    const name = picked(app?.groups ?? [], a)
    if (app === undefined || name === undefined) return
    await applicationApi.unassignApplicationFromGroup({ appId: app.id, groupId: groups.get(name)?.id ?? '' })
    app.groups.delete(name)
  },
  addRule: async ({ groupApi }, { groups, rules }, [a, b]) => {
    const [name, group] = picked(groups, a) ?? []
    const department = DEPARTMENTS[b % 2] ?? ''
    if (name === undefined || group === undefined || rules.has(department)) return
    const groupRule = { type: 'group_rule', name: department, conditions: { expression: { type: 'urn:okta:expression:1.0', value: `user.department=="${department}"` } }, actions: { assignUserToGroups: { groupIds: [group.id] } } }
    const { id = '' } = await groupApi.createGroupRule({ groupRule: groupRule as unknown as okta.CreateGroupRuleRequest })
    await groupApi.activateGroupRule({ ruleId: id })
    rules.set(department, { id, group: name, excluded: new Set() })
  }
}

t.test('random sequences of calls by the SDK leave the org as a simple model says', { timeout: 180_000 }, async t => {
  const localOkta = await start(t)
  const sdk = new okta.Client({ orgUrl: localOkta.orgUrl, token: localOkta.apiToken, cacheMiddleware: null })
  // three times as often as the others, so that there is something to work on
  const creating = Object.keys(STEPS).filter(name => name.startsWith('create'))
  const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS), ...creating, ...creating), fc.tuple(fc.nat(7), fc.nat(7)))
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (steps) => {
    localOkta.reset()
    const model: Model = { users: new Map(), groups: new Map(), apps: new Map(), rules: new Map() }
    for (const [name, pick] of steps) await STEPS[name]?.(sdk, model, pick)
    await compare(t, sdk, model)
  }), { numRuns: runs(4, 25), endOnFailure: true })
})

async function compare (t: Pick<Test, 'strictSame'>, { userApi, groupApi, applicationApi }: Sdk, model: Model): Promise<void> {
  const logins = (await listed(await userApi.listUsers({ search: 'profile.login sw "" or status pr' }))).map(({ profile }) => profile?.login ?? '')
  t.strictSame(logins.filter(login => login.endsWith('@example.net')).sort(), [...model.users.keys()].sort(), 'users')
  const active = (await listed(await userApi.listUsers({ filter: 'status eq "ACTIVE"' }))).map(({ profile }) => profile?.login ?? '')
  const expected = [...model.users].filter(([, { isActive }]) => isActive).map(([login]) => login)
  t.strictSame(active.filter(login => login.endsWith('@example.net')).sort(), expected.sort(), 'active users')
  const rules = (await listed(await groupApi.listGroupRules())).map(({ name }) => name ?? '')
  t.strictSame(rules.sort(), [...model.rules.keys()].sort(), 'rules')
  for (const [login, { id }] of model.users) {
    const names = (await listed(await userApi.listUserGroups({ userId: id }))).map(({ profile }) => profile?.name ?? '')
    const groups = [...model.groups.keys()].filter(name => membersOf(model, name).includes(login))
    t.strictSame(names.filter(name => name !== 'Everyone').sort(), groups.sort(), `groups of ${login}`)
  }
  for (const [name, { id }] of model.groups) {
    const members = (await listed(await groupApi.listGroupUsers({ groupId: id }))).map(({ profile }) => profile?.login ?? '')
    t.strictSame(members.sort(), membersOf(model, name), `members of ${name}`)
  }
  for (const [label, app] of model.apps) {
    const assigned = (await listed(await applicationApi.listApplicationUsers({ appId: app.id }))).map(({ id }) => id ?? '')
    const expected = new Set([...app.users, ...[...app.groups].flatMap(name => membersOf(model, name))])
    t.strictSame(assigned.sort(), [...expected].map(login => model.users.get(login)?.id ?? '').sort(), `users of ${label}`)
  }
}

async function listed<T> (collection: AsyncIterable<T | null>): Promise<T[]> {
  const items: T[] = []
  for await (const item of collection) if (item !== null) items.push(item)
  return items
}

async function rejects (call: Promise<unknown>, status: number): Promise<void> {
  const error = await call.then(() => undefined, (error: unknown) => error)
  if ((error as { status?: number } | undefined)?.status !== status) throw new Error(`the call was not refused with ${status}`)
}
