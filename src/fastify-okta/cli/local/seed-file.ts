import { readFile } from 'node:fs/promises'
import JSON5 from 'json5'
import type { LocalOktaSeed, SeedUser } from 'local-okta'
import { CommandFailure } from '../exit.js'

/** The members of a seed, and whether each is what it must be. */
const MEMBERS: Readonly<Record<keyof LocalOktaSeed, { readonly is: (value: unknown) => boolean, readonly takes: string }>> = {
  users: { is: value => isListOf(value, isUser), takes: 'a list of { profile: { login, email, firstName, lastName }, password, groups? }' },
  groups: { is: value => isListOf(value, group => isObject(group) && isText(group['name'])), takes: 'a list of { name, description? }' },
  applications: { is: value => isListOf(value, isApplication), takes: 'a list of { clientId, label, applicationType, authMethod, grantTypes }' },
  scopes: { is: value => isListOf(value, isText), takes: 'a list of scopes' },
  groupsClaim: { is: value => value === null || (isObject(value) && isText(value['name']) && isText(value['filter'])), takes: '{ name, filter } or null' }
}

/**
 * Reads what a local Okta shall start with from a JSON5 file (so JSON will do); what is left out of it comes from the
 * seed that is shipped.
 *
 * @throws {CommandFailure} naming the file and what is wrong with it
 */
export async function readSeedFile (file: string): Promise<Partial<LocalOktaSeed>> {
  const fail = (what: string, cause?: unknown): never => { throw new CommandFailure(`--seed ${file}: ${what}`, { code: 'seed', cause }) }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => fail(error.code === 'ENOENT' ? 'there is no such file' : 'cannot be read', error))
  const seed = parse(text, fail)
  if (!isObject(seed)) return fail('must be an object')
  for (const [name, value] of Object.entries(seed)) {
    if (!Object.hasOwn(MEMBERS, name)) fail(`${name} is no part of a seed, which has ${Object.keys(MEMBERS).join(', ')}`)
    const { is, takes } = MEMBERS[name as keyof LocalOktaSeed]
    if (!is(value)) fail(`${name} must be ${takes}`)
  }
  return seed
}

function parse (text: string, fail: (what: string, cause: unknown) => never): unknown {
  try {
    return JSON5.parse(text)
  } catch (error) {
    return fail((error as Error).message, error)
  }
}

function isUser (value: unknown): value is SeedUser {
  if (!isObject(value) || !isObject(value['profile']) || !isText(value['password'])) return false
  const { login, email, firstName, lastName } = value['profile']
  return [login, email, firstName, lastName].every(isText) && isListOf(value['groups'] ?? [], isText)
}

function isApplication (value: unknown): boolean {
  if (!isObject(value)) return false
  const { clientId, label, applicationType, authMethod, grantTypes } = value
  return [clientId, label, applicationType, authMethod].every(isText) && isListOf(grantTypes, isText)
}

function isListOf (value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
