import type { FastifyInstance } from 'fastify'
import { invalid } from '../../kernel/errors.js'
import { readText } from '../../kernel/json.js'
import type { Page } from '../../pages/html.js'
import { AppGroups } from '../../resources/apps/app-groups.js'
import { Groups } from '../../resources/groups/store.js'
import { disclosure, postForm, searchForm, section, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { MAX_ROWS, moreRows } from '../table-rows.js'

const PATH = `${CONSOLE}/groups` as const
const MAX_NAME_LENGTH = 255

/** Groups: a list, and a form that adds one. */
export function registerGroupsPage (app: FastifyInstance, parts: ConsoleParts): void {
  const groups = parts.kernel.store(Groups)
  const show = (request: PageRequest): Page => groupsPage(parts, request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    const { id } = groups.create(groupProfileIn(groups, form))
    return after('group-added', `${PATH}/${id}`)
  }, show)
}

/** The name and description that a form gives a group. @throws {OktaApiError} 400 E0000001, also for a name that is taken */
export function groupProfileIn (groups: Groups, form: Form, id?: string): { name: string, description: string | null } {
  const name = readText({ name: form.text('name') }, 'name')
  if (name.length > MAX_NAME_LENGTH) throw invalid('name', 'The field is too long')
  if (groups.isNameTaken(name, id)) throw invalid('name', 'An object with this field already exists in the current organization')
  const description = form.text('description')
  return { name, description: description === '' ? null : description }
}

/** The fields of a group, with these values. */
export function groupFields (name: string, description: string): Content {
  return [
    textField({ name: 'name', label: 'Name', value: name, isRequired: true }),
    textField({ name: 'description', label: 'Description', value: description })
  ]
}

function groupsPage ({ kernel }: ConsoleParts, { query, form, message }: PageRequest): Page {
  const [groups, appGroups] = [kernel.store(Groups), kernel.store(AppGroups)]
  const q = query.text('q')
  const found = groups.all().filter(({ profile }) => profile.name.toLowerCase().includes(q.toLowerCase()))
  const shown = found.slice(0, MAX_ROWS)
  const rows = shown.map((group) => [
    markup`<a href="${PATH}/${group.id}">${group.profile.name}</a>`,
    group.profile.description ?? '',
    groups.memberCount(group),
    appGroups.appsOf(group.id).length
  ])
  return createConsolePage({
    title: 'Groups',
    section: PATH,
    message,
    content: section('All groups',
      disclosure('Add Group', message?.isError === true, postForm(PATH, groupFields(form.text('name'), form.text('description')), 'Save')),
      searchForm(PATH, 'Search groups', q),
      table('Groups', ['Group', 'Description', 'People', 'Applications'], rows, 'There is no group by this name.'),
      moreRows(shown.length, found.length))
  })
}
