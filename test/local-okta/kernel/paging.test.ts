import t from 'tap'
import { callsTo, listing, nextOf } from '../management-api.js'
import type { Call } from '../management-api.js'
import { share } from '../start.js'

interface Item {
  readonly id: string
}

/** Reads a list two items at a time, and spoils what has been read before going on. */
async function readPages (call: Call, path: string, spoil: (last: Item) => unknown = () => {}): Promise<string[]> {
  const ids: string[] = []
  let page = await call('GET', path)
  for (;;) {
    t.equal(page.status, 200, path)
    const items = page.body as Item[]
    ids.push(...items.map(({ id }) => id))
    const next = nextOf(page)
    if (next === undefined) return ids
    await spoil(items.at(-1) ?? { id: '' })
    page = await call('GET', next)
  }
}

t.test('a cursor outlives its item: the rest of a list comes after the last item is gone', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { id: groupId } = localOkta.groups.create('Paged')
  const app = localOkta.clients.service.clientId
  const searched = { search: 'profile.lastName eq "Paged"', limit: '2' }

  const lists: Array<[title: string, path: (groupId: string) => string, spoil: (id: string) => unknown]> = [
    ['users, deleted', () => listing('users', searched), id => { localOkta.users.delete(id) }],
    ['users, deactivated', () => 'users?limit=2', async id => await call('DELETE', `users/${id}`)],
    ['sorted users, deleted', () => listing('users', { ...searched, sortBy: 'profile.login', sortOrder: 'desc' }), id => { localOkta.users.delete(id) }],
    ['sorted users, renamed', () => listing('users', { ...searched, sortBy: 'status' }), id => { localOkta.users.update(id, { lastName: 'Other' }) }],
    ['members, removed', () => `groups/${groupId}/users?limit=2`, async id => await call('DELETE', `groups/${groupId}/users/${id}`)],
    ['users of an app, unassigned', () => `apps/${app}/users?limit=2`, async id => await call('DELETE', `apps/${app}/users/${id}`)]
  ]
  for (const [title, path, spoil] of lists) {
    for (let n = 0; n < 5; n += 1) {
      const login = `${title.replaceAll(/\W/g, '')}${n}@example.com`
      const { id } = localOkta.users.create({ profile: { login, email: login, firstName: 'N', lastName: 'Paged' }, password: 'local-okta-2' })
      localOkta.groups.addUser(groupId, id)
      localOkta.applications.assignUser('service', id)
    }
    const whole = (await call('GET', path(groupId).replace(/limit=2/, 'limit=200'))).body.map(({ id }: Item) => id)
    const created = new Set(localOkta.users.list().filter(({ profile }) => profile.lastName === 'Paged').map(({ id }) => id))
    const seen = await readPages(call, path(groupId), async ({ id }) => { if (created.has(id)) await spoil(id) })
    t.strictSame(seen, whole, title)
    for (const { id, profile } of localOkta.users.list()) if (/^(Paged|Other)$/.test(String(profile.lastName))) localOkta.users.delete(id)
  }
})

t.test('groups and their assignments come on although the last one is deleted', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const made = Array.from({ length: 5 }, (_, n) => localOkta.groups.create(`Paged ${n}`).id)
  for (const id of made) localOkta.applications.assignGroup('service', id)
  const remove = ({ id }: Item): void => { localOkta.groups.delete(id) }
  t.strictSame(await readPages(call, listing('groups', { search: 'profile.name sw "Paged"', limit: '1' }), ({ id }) => { if (id === made[0]) remove({ id }) }), made)
  t.strictSame(await readPages(call, `apps/${localOkta.clients.service.clientId}/groups?limit=1`, remove), made.slice(1))
})

t.test('a user who is made again with an old id stands where the first one stood, also after a restore', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const add = (name: string) => localOkta.users.create({
    id: `00uagain${name.padEnd(12, '0')}`, profile: { login: `${name}@example.com`, email: `${name}@example.com`, firstName: name, lastName: 'Again' }, password: 'local-okta-2'
  }).id
  const ids = ['first', 'second', 'third', 'fourth'].map(add)
  localOkta.users.delete(ids[1] ?? '')
  add('second')
  const path = listing('users', { search: 'profile.lastName eq "Again"', limit: '1' })
  t.strictSame(await readPages(call, path), ids)
  localOkta.restore(localOkta.snapshot())
  t.strictSame(await readPages(call, path), ids)
  t.strictSame(localOkta.users.list().map(({ id }) => id).filter((id) => ids.includes(id)), ids)
  for (const id of ids) localOkta.users.delete(id)
})

t.test('sorted pages of any size are the same list, in both directions', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  for (const [n, firstName] of ['Bea', 'Ann', 'Eve', 'Bea', 'Dan', 'Ann', 'Cid'].entries()) {
    const login = `sorted${n}@example.com`
    localOkta.users.create({ profile: { login, email: login, firstName, lastName: 'Sorted' }, password: 'local-okta-2' })
  }
  for (const [sortOrder, names] of [['asc', ['Ann', 'Ann', 'Bea', 'Bea', 'Cid', 'Dan', 'Eve']], ['desc', ['Eve', 'Dan', 'Cid', 'Bea', 'Bea', 'Ann', 'Ann']]] as const) {
    const query = { search: 'profile.lastName eq "Sorted"', sortBy: 'profile.firstName', sortOrder }
    const whole = await readPages(call, listing('users', { ...query, limit: '200' }))
    t.strictSame(whole.map(id => localOkta.users.find(id)?.profile.firstName), names, sortOrder)
    for (const limit of ['1', '2', '3', '6', '7', '8']) t.strictSame(await readPages(call, listing('users', { ...query, limit })), whole, `${sortOrder}, ${limit}`)
  }
  for (const { id, profile } of localOkta.users.list()) if (profile.lastName === 'Sorted') localOkta.users.delete(id)
})

t.test('what was never a cursor is refused', async t => {
  const call = callsTo(await share())
  const sorted = { search: 'id pr', sortBy: 'id' }
  for (const path of ['users?after=nonsense', 'groups?after=', 'apps?after=00u', listing('users', { ...sorted, after: 'nonsense' }), listing('users', { ...sorted, after: 'WzEsMl0' })]) {
    t.match(await call('GET', path), { status: 400, body: { errorCode: 'E0000029' } }, path)
  }
})
