import t from 'tap'
import { Directory } from '#fastify-okta/okta/directory/directory.js'
import { describeMissingGroup, GroupCheck, type MissingGroup } from '#fastify-okta/okta/directory/group-check.js'
import type { OktaGroup } from '#fastify-okta/okta/directory/user.js'
import { stopClock } from '../../../kit/clock.js'
import { directoryOf, shareOrg } from '../../../kit/org.js'

const IMPORTED: OktaGroup = { id: '00gimportedgroup00001', name: 'Imported', type: 'APP_GROUP' }

/** A directory with these groups, which can be changed, and what a check of it reports. */
function checkOf (groups: OktaGroup[]) {
  const missing: MissingGroup[] = []
  const failures: unknown[] = []
  const lookups: string[] = []
  const check = new GroupCheck({
    directory: {
      async findGroups (name) {
        lookups.push(name)
        if (name === 'Unreadable') throw new Error('Okta is unavailable')
        return groups.filter(group => group.id === name || group.name.toLowerCase() === name.toLowerCase())
      }
    },
    onMissing: group => { missing.push(group) },
    onFailure: error => { failures.push(error) }
  })
  return { check, missing, failures, lookups }
}

t.test('a group that does not exist is reported once, with what was probably meant', async t => {
  const { check, missing, lookups } = checkOf([
    { id: '00gfastifyokta0000001', name: 'Fastify Okta', type: 'OKTA_GROUP' },
    IMPORTED
  ])
  check.add(['Fastify Okta', '00gfastifyokta0000001', 'fastify okta', 'Imported', IMPORTED.id, 'Nowhere'])
  check.add(['Nowhere'])
  t.same(lookups, [], 'adding asks nothing')
  await check.run()
  await check.run()

  t.same(missing, [
    { name: 'fastify okta', differsInCase: 'Fastify Okta', importedId: null },
    { name: 'Imported', differsInCase: null, importedId: IMPORTED.id },
    { name: 'Nowhere', differsInCase: null, importedId: null }
  ])
  t.same(['Fastify Okta', '00gfastifyokta0000001', 'fastify okta', 'Imported', IMPORTED.id, 'Nowhere'].map(name => check.isMissing(name)), [false, false, true, true, false, true])
  t.same(missing.map(describeMissingGroup), [
    'the group "fastify okta" does not exist in the directory, so nobody is in it: there is "Fastify Okta", and letter case counts',
    `the group "Imported" does not exist in the directory, so nobody is in it: there is an imported group of this name, which matches by its id only: ${IMPORTED.id}`,
    'the group "Nowhere" does not exist in the directory, so nobody is in it: create it, or name another'
  ])
})

t.test('a group that cannot be looked up is not called missing', async t => {
  const { check, missing, failures } = checkOf([])
  check.add(['Unreadable'])
  await check.run()

  t.notOk(check.isMissing('Unreadable'))
  t.notOk(check.isMissing('never added'))
  t.same([missing.length, failures.length], [0, 1])
})

t.test('a refusal more than a minute later looks again, and finds a group made since', async t => {
  const clock = stopClock(t)
  const groups: OktaGroup[] = []
  const { check, missing, lookups } = checkOf(groups)
  check.add(['Late'])
  await check.run()
  groups.push({ id: '00glate00000000000001', name: 'Late', type: 'OKTA_GROUP' })

  t.ok(check.isMissing('Late'))
  t.equal(lookups.length, 1, 'not within the minute')
  clock.advance(61_000)
  t.ok(check.isMissing('Late'), 'does not wait for the lookup')
  await check.run()
  t.notOk(check.isMissing('Late'))
  groups.length = 0
  await check.run()
  t.ok(check.isMissing('Late'))
  t.equal(missing.length, 2, 'reported again after it existed')
})

t.test('a directory finds groups by id, and by name in any letter case', async t => {
  const org = await shareOrg()
  const directory = await Directory.open(directoryOf(org))
  const { id } = org.groups.create('Say "hello" \\ twice')
  const namesFor = async (name: string): Promise<string[]> => (await directory.findGroups(name)).map(group => group.name)

  t.same(await namesFor('Fastify Okta'), ['Fastify Okta'])
  t.same(await namesFor('FASTIFY okta'), ['Fastify Okta'])
  t.same(await namesFor('Fastify'), [])
  t.same(await namesFor('say "HELLO" \\ twice'), ['Say "hello" \\ twice'])
  t.same(await namesFor(id), ['Say "hello" \\ twice'])
  t.same(await namesFor('00gnobody000000000001'), [])
  org.faults.add({ path: /^\/api\/v1\/groups/, status: 500 })
  await t.rejects(directory.findGroups('Fastify Okta'), { code: 'FST_OKTA_DIRECTORY_UNAVAILABLE' })
})
