import t from 'tap'
import { heapBytesOf } from '#fastify-okta/okta/directory/heap-size.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'

const withBio = (bio: unknown): OktaUser => oktaUser({ profile: { ...oktaUser().profile, bio } })

t.test('what a user holds is counted: long attributes, in any form, and long names of groups', async (t) => {
  const long = 'a'.repeat(20_000)
  const large: Record<string, [OktaUser, number]> = {
    'a long string': [withBio(long), 20_000],
    'a long string that V8 keeps with two bytes a character': [withBio(`${long}→`), 40_000],
    'an array of strings': [withBio([long, long]), 40_000],
    'an array of small values': [withBio(Array.from({ length: 1000 }, (_, i) => i)), 16_000],
    'an object': [withBio({ a: { b: long } }), 20_000],
    'an object with a long name': [withBio({ [long]: 1 }), 20_000],
    'a group with a long name': [oktaUser({ groups: [oktaGroup(long)] }), 20_000],
    'many groups': [oktaUser({ groups: Array.from({ length: 100 }, () => oktaGroup('g')) }), 30_000],
    'many attributes': [oktaUser({ profile: { ...oktaUser().profile, ...Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a${i}`, 'x'])) } }), 20_000]
  }
  const usual = heapBytesOf(oktaUser())
  for (const [title, [user, bytes]] of Object.entries(large)) t.ok(heapBytesOf(user) >= usual + bytes - 100, title)
})

t.test('an ordinary user takes two kilobytes, and so does the entry that a user does not exist', async (t) => {
  t.equal(heapBytesOf(oktaUser()), 2000)
  t.equal(heapBytesOf(null), 2000)
})
