import type { User } from '../resources/users/user.js'
import { selectField, textField } from './elements.js'
import type { Markup } from './markup.js'
import { MAX_ROWS } from './table-rows.js'

/** The name of a person, or the login of one without a name. */
export function nameOf ({ profile }: User): string {
  return [profile.firstName, profile.lastName].filter(Boolean).join(' ') || profile.login
}

/** People whose name, username or email holds this, in any letter case. */
export function searchPeople (people: readonly User[], q: string): User[] {
  const wanted = q.toLowerCase()
  return people.filter((user) => `${nameOf(user)} ${user.profile.login} ${user.profile.email}`.toLowerCase().includes(wanted))
}

/** A field to choose a person in. In an org with more people than can be listed their username is typed. */
export function personField (name: string, label: string, people: readonly User[], chosen?: string): Markup {
  if (people.length > MAX_ROWS) {
    return textField({ name, label, value: chosen, hint: 'A username, such as ada@example.com.', isRequired: true })
  }
  return selectField(name, label, people.map((user) => [user.id, `${nameOf(user)} (${user.profile.login})`]), chosen)
}
