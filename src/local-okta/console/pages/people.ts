import type { FastifyInstance } from 'fastify'
import type { Page } from '../../pages/html.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { readProfile } from '../../resources/users/read.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { DEVELOPMENT_PASSWORD } from '../../seed.js'
import { disclosure, postForm, searchForm, section, statusLabel, table, textField } from '../elements.js'
import type { Form } from '../form.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { nameOf, searchPeople } from '../person-field.js'
import { MAX_ROWS, moreRows } from '../table-rows.js'

const PATH = `${CONSOLE}/people` as const

/** People: a list, and a form that adds one. */
export function registerPeoplePage (app: FastifyInstance, { kernel }: ConsoleParts): void {
  const users = kernel.store(Users)
  const show = (request: PageRequest): Page => peoplePage(users.all(), request)
  registerPage(app, PATH, show)
  registerAction(app, PATH, async ({ form }) => {
    const password = form.text('password')
    const profile = profileIn(form)
    if (password !== '') kernel.store(PasswordPolicies).requireOfNewUser([], password, profile)
    const { id } = users.create({ profile, password: password === '' ? null : password })
    return after('person-added', `${PATH}/${id}`)
  }, show)
}

/** The profile that a form describes. @throws {OktaApiError} 400 E0000001 */
export function profileIn (form: Form): ReturnType<typeof readProfile> {
  return readProfile(Object.fromEntries(['firstName', 'lastName', 'login', 'email'].map((name) => [name, form.text(name)])))
}

/** The fields of a profile, with these values. */
export function profileFields (valueOf: (name: string) => string): Content {
  return [
    textField({ name: 'firstName', label: 'First name', value: valueOf('firstName'), isRequired: true }),
    textField({ name: 'lastName', label: 'Last name', value: valueOf('lastName'), isRequired: true }),
    textField({ name: 'login', label: 'Username', value: valueOf('login'), type: 'email', hint: 'In the form of an email address.', isRequired: true }),
    textField({ name: 'email', label: 'Primary email', value: valueOf('email'), type: 'email', isRequired: true })
  ]
}

function peoplePage (people: readonly User[], { query, form, message }: PageRequest): Page {
  const q = query.text('q')
  const found = searchPeople(people, q)
  const shown = found.slice(0, MAX_ROWS)
  return createConsolePage({
    title: 'People',
    section: PATH,
    message,
    content: section('All people', disclosure('Add Person', message?.isError === true, addForm(form)), searchForm(PATH, 'Search people', q),
      table('People', ['Person', 'Username', 'Status'], shown.map((user) => [
        markup`<a href="${PATH}/${user.id}">${nameOf(user)}</a>`, user.profile.login, statusLabel(user.status)
      ]), 'There is nobody by this name.'),
      moreRows(shown.length, found.length))
  })
}

function addForm (form: Form): Markup {
  const password = form.has('password') ? form.text('password') : DEVELOPMENT_PASSWORD
  return postForm(PATH, [
    profileFields((name) => form.text(name)),
    textField({ name: 'password', label: 'Password', value: password, hint: 'Without a password the person is added, but cannot sign in.' })
  ], 'Save')
}
