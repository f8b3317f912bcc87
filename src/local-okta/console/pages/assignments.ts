import type { FastifyInstance } from 'fastify'
import { AppGroups } from '../../resources/apps/app-groups.js'
import { AppUsers } from '../../resources/apps/app-users.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { Groups } from '../../resources/groups/store.js'
import { Users } from '../../resources/users/store.js'
import { actionButton, postForm, section, selectField, table } from '../elements.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction } from '../page-routes.js'
import type { ShowPage } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { nameOf, personField } from '../person-field.js'

const APPLICATIONS = `${CONSOLE}/applications`

/** Registers what the forms of an app's assignments are posted to. */
export function registerAssignments (app: FastifyInstance, { kernel }: ConsoleParts, show: ShowPage): void {
  const [applications, groups, users] = [kernel.store(Applications), kernel.store(Groups), kernel.store(Users)]
  const [appGroups, appUsers] = [kernel.store(AppGroups), kernel.store(AppUsers)]
  const path = `${APPLICATIONS}/:id`
  registerAction(app, `${path}/assign-group`, async ({ id, form }) => {
    appGroups.assign(applications.get(id), groups.get(form.text('group')))
    return after('assigned', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/unassign-group`, async ({ id, form }) => {
    appGroups.unassign(applications.get(id), groups.get(form.text('group')))
    return after('unassigned', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/assign-person`, async ({ id, form }) => {
    appUsers.assign(applications.get(id), users.get(form.text('user')))
    return after('assigned', `${APPLICATIONS}/${id}`)
  }, show)
  registerAction(app, `${path}/unassign-person`, async ({ id, form }) => {
    appUsers.unassign(applications.get(id), users.get(form.text('user')))
    return after('unassigned', `${APPLICATIONS}/${id}`)
  }, show)
}

/** Assignments: the groups and people that an app is assigned to, and forms that assign it to others. */
export function createAssignments (parts: ConsoleParts, application: Application): Markup {
  return section('Assignments', groupAssignments(parts, application), peopleAssignments(parts, application))
}

function groupAssignments ({ kernel }: ConsoleParts, { id }: Application): Content {
  const groups = kernel.store(Groups)
  const assigned = kernel.store(AppGroups).ofApp(id).map(({ groupId }) => groups.get(groupId))
  const others = groups.all().filter((group) => !assigned.includes(group))
  const path = `${APPLICATIONS}/${id}`
  const rows = assigned.map((group) => [
    markup`<a href="${CONSOLE}/groups/${group.id}">${group.profile.name}</a>`,
    group.profile.description ?? '',
    actionButton({ action: `${path}/unassign-group`, label: 'Remove', of: group.profile.name, fields: { group: group.id } })
  ])
  const options = others.map((group) => [group.id, group.profile.name] as const)
  return [
    markup`<h3>Groups</h3>`,
    table('Groups', ['Group', 'Description', ''], rows, 'The application is not assigned to a group.'),
    options.length > 0 ? postForm(`${path}/assign-group`, selectField('group', 'Group', options), 'Assign to Groups') : undefined
  ]
}

function peopleAssignments ({ kernel }: ConsoleParts, { id }: Application): Content {
  const [users, appUsers] = [kernel.store(Users), kernel.store(AppUsers)]
  const people = users.all()
  const assigned = people.filter((user) => appUsers.scopeOf(id, user.id) === 'USER')
  const path = `${APPLICATIONS}/${id}`
  const rows = assigned.map((user) => [
    markup`<a href="${CONSOLE}/people/${user.id}">${nameOf(user)}</a>`,
    user.profile.login,
    actionButton({ action: `${path}/unassign-person`, label: 'Remove', of: nameOf(user), fields: { user: user.id } })
  ])
  return [
    markup`<h3>People</h3>`,
    table('People', ['Person', 'Username', ''], rows, 'The application is not assigned to anybody directly.'),
    postForm(`${path}/assign-person`, personField('user', 'Person', people), 'Assign to People')
  ]
}
