import type { FastifyInstance } from 'fastify'
import { OktaApiError } from '../../kernel/errors.js'
import { readText } from '../../kernel/json.js'
import type { Page } from '../../pages/html.js'
import { AppUsers } from '../../resources/apps/app-users.js'
import { Applications } from '../../resources/apps/store.js'
import { Groups } from '../../resources/groups/store.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { UniversalLogout } from '../../resources/universal-logout/universal-logout.js'
import { Users } from '../../resources/users/store.js'
import { hasAnyPassword } from '../../resources/users/user.js'
import type { User, UserStatus } from '../../resources/users/user.js'
import { actionButtons, code, facts, postForm, section, statusLabel, table, textField, time } from '../elements.js'
import type { Action } from '../elements.js'
import { createConsolePage } from '../layout.js'
import { markup } from '../markup.js'
import type { Content, Markup } from '../markup.js'
import { after } from '../messages.js'
import { registerAction, registerPage } from '../page-routes.js'
import type { PageRequest } from '../page-routes.js'
import type { ConsoleParts } from '../parts.js'
import { CONSOLE } from '../paths.js'
import { nameOf } from '../person-field.js'
import { profileFields, profileIn } from './people.js'

const PEOPLE = `${CONSOLE}/people` as const

/** A change of status, as Okta names it, and the statuses that it is possible from. */
interface StatusChange {
  readonly name: string
  readonly label: string
  readonly from: readonly UserStatus[]
  readonly to: (user: User) => UserStatus
}

const STATUS_CHANGES: readonly StatusChange[] = [
  { name: 'activate', label: 'Activate', from: ['STAGED', 'PROVISIONED', 'DEPROVISIONED'], to: (user) => hasAnyPassword(user) ? 'ACTIVE' : 'PROVISIONED' },
  { name: 'suspend', label: 'Suspend', from: ['ACTIVE'], to: () => 'SUSPENDED' },
  { name: 'unsuspend', label: 'Unsuspend', from: ['SUSPENDED'], to: () => 'ACTIVE' },
  { name: 'unlock', label: 'Unlock', from: ['LOCKED_OUT'], to: () => 'ACTIVE' },
  {
    name: 'deactivate',
    label: 'Deactivate',
    from: ['STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED'],
    to: () => 'DEPROVISIONED'
  }
]
/** In these a new password lets the person sign in. */
const WAITING_FOR_PASSWORD: readonly UserStatus[] = ['PROVISIONED', 'RECOVERY', 'PASSWORD_EXPIRED']

/** One person: status, profile, password, groups and applications. */
export function registerPersonPage (app: FastifyInstance, parts: ConsoleParts): void {
  const users = parts.kernel.store(Users)
  const show = (request: PageRequest): Page => personPage(parts, request)
  const path = `${PEOPLE}/:id`
  registerPage(app, path, show)
  registerAction(app, path, async ({ id, form }) => {
    const user = users.get(id)
    if (user.status === 'DEPROVISIONED') throw new OktaApiError('E0000038')
    users.updateProfile(user, profileIn(form))
    return after('saved', `${PEOPLE}/${id}`)
  }, show)
  registerAction(app, `${path}/status`, async ({ id, form }) => {
    changeStatus(users, users.get(id), form.text('change'))
    return after('status-changed', `${PEOPLE}/${id}`)
  }, show)
  registerAction(app, `${path}/password`, async ({ id, form }) => {
    const password = readText({ password: form.text('password') }, 'password')
    parts.kernel.store(PasswordPolicies).require(users.get(id), password)
    const user = users.setPassword(users.get(id), password)
    if (WAITING_FOR_PASSWORD.includes(user.status)) users.setStatus(user, 'ACTIVE')
    return after('password-set', `${PEOPLE}/${id}`)
  }, show)
  registerAction(app, `${path}/sessions`, async ({ id }) => {
    users.clearSessions(users.get(id), { oauthTokens: true })
    return after('signed-out', `${PEOPLE}/${id}`)
  }, show)
  registerAction(app, `${path}/universal-logout`, async ({ id }) => {
    parts.kernel.store(UniversalLogout).signOutByHand(users.get(id))
    return after('signed-out-everywhere', `${PEOPLE}/${id}`)
  }, show)
  registerAction(app, `${path}/delete`, async ({ id }) => {
    if (users.get(id).status !== 'DEPROVISIONED') throw new OktaApiError('E0000038')
    users.delete(id)
    return after('person-deleted', PEOPLE)
  }, show)
}

function changeStatus (users: Users, user: User, name: string): void {
  const change = STATUS_CHANGES.find((each) => each.name === name)
  if (!change?.from.includes(user.status)) throw new OktaApiError('E0000038')
  users.setStatus(user, change.to(user), { isByAdministrator: true })
}

function personPage (parts: ConsoleParts, { id, form, message }: PageRequest): Page {
  const user = parts.kernel.store(Users).get(id)
  const path = `${PEOPLE}/${user.id}`
  const valueOf = (name: string): string => form.has(name) ? form.text(name) : String(user.profile[name] ?? '')
  return createConsolePage({
    title: nameOf(user),
    section: PEOPLE,
    message,
    content: [
      section('Status',
        facts([['Status', statusLabel(user.status)], ['User ID', code(user.id)], ['Last sign-in', timeOrNever(user.lastLogin)], ['Password changed', timeOrNever(user.passwordChanged)]]),
        actionButtons(actionsFor(user, path))),
      section('Profile', postForm(path, profileFields(valueOf), 'Save')),
      section('Password', postForm(`${path}/password`, textField({ name: 'password', label: 'New password', isRequired: true }), 'Set password')),
      groupsOf(parts, user),
      applicationsOf(parts, user)
    ]
  })
}

function actionsFor ({ status }: User, path: string): Action[] {
  const changes = STATUS_CHANGES.filter(({ from }) => from.includes(status))
  return [
    ...changes.map(({ name, label }): Action => ({
      action: `${path}/status`, label, fields: { change: name }, ...(name === 'deactivate' ? { look: 'danger' } : {})
    })),
    { action: `${path}/sessions`, label: 'Clear User Sessions' },
    { action: `${path}/universal-logout`, label: 'Sign out everywhere' },
    ...(status === 'DEPROVISIONED' ? [{ action: `${path}/delete`, label: 'Delete', look: 'danger' } as const] : [])
  ]
}

function groupsOf ({ kernel }: ConsoleParts, { id }: User): Markup {
  const rows = kernel.store(Groups).ofUser(id).map((group) => [
    markup`<a href="${CONSOLE}/groups/${group.id}">${group.profile.name}</a>`, group.profile.description ?? ''
  ])
  return section('Groups', table('Groups', ['Group', 'Description'], rows, 'This person is in no group.'))
}

function applicationsOf ({ kernel }: ConsoleParts, { id }: User): Markup {
  const appUsers = kernel.store(AppUsers)
  const rows = kernel.store(Applications).all().flatMap((application) => {
    const scope = appUsers.scopeOf(application.id, id)
    const link = markup`<a href="${CONSOLE}/applications/${application.id}">${application.label}</a>`
    return scope === undefined ? [] : [[link, scope === 'USER' ? 'Individual' : 'Group']]
  })
  return section('Applications', table('Applications', ['Application', 'Assigned by'], rows, 'No application is assigned to this person.'))
}

function timeOrNever (at: string | null): Content {
  return at === null ? 'Never' : time(at)
}
