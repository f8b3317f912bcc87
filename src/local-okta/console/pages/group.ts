import type { FastifyInstance } from 'fastify'
import { OktaApiError } from '../../kernel/errors.js'
import type { Page } from '../../pages/html.js'
import { AppGroups } from '../../resources/apps/app-groups.js'
import type { Group } from '../../resources/groups/group.js'
import { Groups } from '../../resources/groups/store.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { actionButton, code, facts, postForm, searchForm, section, table } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { nameOf, searchPeople } from '../person-field.js'
import { MAX_ROWS, moreRows } from '../table-rows.js'
import { groupFields, groupProfileIn } from './groups.js'

const GROUPS = `${CONSOLE}/groups` as const

/** One group: Manage People, the applications it is assigned to, its name. */
export function registerGroupPage (app: FastifyInstance, parts: ConsoleParts): void {
  const [groups, users] = [parts.kernel.store(Groups), parts.kernel.store(Users)]
  const show = (request: PageRequest): Page => groupPage(parts, request)
  const path = `${GROUPS}/:id`
  registerPage(app, path, show)
  registerAction(app, path, async ({ id, form }) => {
    const group = changeableGroup(groups, id)
    groups.replaceProfile(group, { ...group.profile, ...groupProfileIn(groups, form, id) })
    return after('saved', `${GROUPS}/${id}`)
  }, show)
  registerAction(app, `${path}/add`, async ({ id, form }) => {
    groups.addUser(changeableGroup(groups, id), users.get(form.text('user')).id)
    return after('member-added', `${GROUPS}/${id}`)
  }, show)
  registerAction(app, `${path}/remove`, async ({ id, form }) => {
    groups.removeUser(changeableGroup(groups, id), users.get(form.text('user')).id)
    return after('member-removed', `${GROUPS}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    groups.delete(changeableGroup(groups, id).id)
    return after('group-deleted', GROUPS)
  }, show)
}

// imported groups and Everyone cannot be changed
function changeableGroup (groups: Groups, id: string): Group {
  const group = groups.get(id)
  if (group.type !== 'OKTA_GROUP') throw new OktaApiError('E0000006')
  return group
}

function groupPage ({ kernel }: ConsoleParts, { id, query, form, message }: PageRequest): Page {
  const groups = kernel.store(Groups)
  const group = groups.get(id)
  const { name, description } = group.profile
  const path = `${GROUPS}/${group.id}`
  const q = query.text('q')
  const members = searchPeople([...groups.membersOf(group)], q)
  const others = searchPeople(kernel.store(Users).all().filter((user) => !groups.has(group, user.id)), q)
  const isChangeable = group.type === 'OKTA_GROUP'
  const value = (field: string, stored: string): string => form.has(field) ? form.text(field) : stored
  return createConsolePage({
    title: name,
    section: GROUPS,
    message,
    content: [
      isChangeable ? undefined : markup`<p>Okta keeps this group itself. Its people cannot be changed here.</p>`,
      section('Manage People',
        searchForm(path, 'Search people', q),
        markup`<h3>Members</h3>`, peopleTable('Members', members, 'No members.', isChangeable ? { action: `${path}/remove`, label: 'Remove' } : undefined),
        isChangeable ? [markup`<h3>Not members</h3>`, peopleTable('Not members', others, 'Everybody is a member.', { action: `${path}/add`, label: 'Add' })] : undefined),
      applicationsOf(kernel.store(AppGroups), group),
      section('Group', facts([['Group ID', code(group.id)], ['Type', group.type]]),
        isChangeable
          ? [postForm(path, groupFields(value('name', name), value('description', description ?? '')), 'Save'),
              markup`<div class="actions">${actionButton({ action: `${path}/delete`, label: 'Delete group', look: 'danger' })}</div>`]
          : undefined)
    ]
  })
}

function peopleTable (caption: string, people: readonly User[], empty: string, action?: { action: string, label: string }): Markup {
  const shown = people.slice(0, MAX_ROWS)
  const rows = shown.map((user) => [
    markup`<a href="${CONSOLE}/people/${user.id}">${nameOf(user)}</a>`,
    user.profile.login,
    ...(action ? [actionButton({ ...action, of: nameOf(user), fields: { user: user.id } })] : [])
  ])
  return markup`${table(caption, ['Person', 'Username', ...(action ? [''] : [])], rows, empty)}${moreRows(shown.length, people.length)}`
}

function applicationsOf (appGroups: AppGroups, { id }: Group): Markup {
  const rows = appGroups.appsOf(id).map((application) => [
    markup`<a href="${CONSOLE}/applications/${application.id}">${application.label}</a>`, application.applicationType
  ])
  return section('Applications', table('Applications', ['Application', 'Type'], rows, 'No application is assigned to this group.'))
}
