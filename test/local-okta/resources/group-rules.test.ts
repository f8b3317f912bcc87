import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const ADA = '00uadalovelace000001'

function rule (groupId: string, value: string, exclude: string[] = []): object {
  return {
    type: 'group_rule',
    name: value.slice(0, 50),
    conditions: { people: { users: { exclude } }, expression: { type: 'urn:okta:expression:1.0', value } },
    actions: { assignUserToGroups: { groupIds: [groupId] } }
  }
}

function isIn (localOkta: LocalOkta, group: string, userId: string): boolean {
  return localOkta.groups.find(group)?.memberIds.includes(userId) ?? false
}

t.test('an active rule adds the users of whom it is true, now and later, and removes them again', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id: groupId } = localOkta.groups.create('Support')
  const { status, body: { id } } = await call('POST', 'groups/rules', rule(groupId, 'user.department=="Support"'))
  t.equal(status, 200)
  await call('POST', `users/${ADA}`, { profile: { department: 'Support' } })
  t.notOk(isIn(localOkta, 'Support', ADA), 'it is inactive')

  t.equal((await call('POST', `groups/rules/${id}/lifecycle/activate`)).status, 204)
  t.ok(isIn(localOkta, 'Support', ADA))
  const { body: [event] } = await call('GET', 'logs?filter=eventType%20eq%20%22group.user_membership.add%22&sortOrder=DESCENDING')
  t.match(event, { actor: { type: 'SystemPrincipal' }, target: [{ id: ADA }, { id: groupId }] })
  await call('POST', `users/${ADA}`, { profile: { department: 'Sales' } })
  t.notOk(isIn(localOkta, 'Support', ADA))
  await call('POST', `users/${ADA}`, { profile: { department: 'Support' } })
  t.ok(isIn(localOkta, 'Support', ADA))
  t.equal((await call('PUT', `groups/rules/${id}`, rule(groupId, 'true'))).status, 400, 'it is active')
  t.equal((await call('DELETE', `groups/rules/${id}?removeUsers=true`)).status, 202)
  t.notOk(isIn(localOkta, 'Support', ADA))
})

t.test('a rule leaves alone who is excluded, and who was added by hand', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id: groupId } = localOkta.groups.create('All')
  localOkta.groups.addUser('All', 'grace@example.com')
  const { body: { id } } = await call('POST', 'groups/rules', rule(groupId, 'String.stringContains(user.email, "ada") or user.firstName == "Alex"', [ADA]))
  await call('POST', `groups/rules/${id}/lifecycle/activate`)
  t.strictSame(localOkta.groups.find('All')?.memberIds.toSorted(), ['00uadministrator0001', '00ugracehopper000001'])
})

t.test('a member whom a rule has added, and who is removed by hand, is excluded from the rule', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id: groupId } = localOkta.groups.create('Support')
  const { body: { id } } = await call('POST', 'groups/rules', rule(groupId, 'user.login=="ada@example.com"'))
  await call('POST', `groups/rules/${id}/lifecycle/activate`)
  t.ok(isIn(localOkta, 'Support', ADA))

  t.equal((await call('DELETE', `groups/${groupId}/users/${ADA}`)).status, 204)
  t.notOk(isIn(localOkta, 'Support', ADA))
  t.match((await call('GET', `groups/rules/${id}`)).body, { conditions: { people: { users: { exclude: [ADA] } } } })
  const { body: [event] } = await call('GET', 'logs?filter=eventType%20eq%20%22group.user_membership.rule.add_exclusion%22')
  t.match(event, { target: [{ id: ADA, type: 'User' }, { id, type: 'GroupRule' }] })
  await call('POST', `users/${ADA}`, { profile: { department: 'Sales' } })
  t.notOk(isIn(localOkta, 'Support', ADA), 'nor does a later change add her')
  await call('PUT', `groups/${groupId}/users/${ADA}`)
  t.ok(isIn(localOkta, 'Support', ADA), 'but by hand she can be added')
})

t.test('of two rules that add a user to a group, one that is deleted with its members leaves the user to the other', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id: groupId } = localOkta.groups.create('Support')
  const ids: string[] = []
  for (const value of ['user.login=="ada@example.com"', 'user.email=="ada@example.com"']) {
    const { body: { id } } = await call('POST', 'groups/rules', rule(groupId, value))
    await call('POST', `groups/rules/${id}/lifecycle/activate`)
    ids.push(String(id))
  }

  await call('DELETE', `groups/rules/${ids[0]}?removeUsers=true`)
  t.ok(isIn(localOkta, 'Support', ADA))
  await call('DELETE', `groups/rules/${ids[1]}?removeUsers=true`)
  t.notOk(isIn(localOkta, 'Support', ADA))
})

t.test('a membership that a rule makes can make another rule true', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id: one } = localOkta.groups.create('One')
  const { id: two } = localOkta.groups.create('Two')
  for (const body of [rule(two, 'isMemberOfGroupName("One")'), rule(one, `isMemberOfAnyGroup("${two}", "00gfastifyokta000001") && !(user.login == "x")`)]) {
    const { body: { id } } = await call('POST', 'groups/rules', body)
    await call('POST', `groups/rules/${id}/lifecycle/activate`)
  }
  t.ok(isIn(localOkta, 'One', ADA))
  t.ok(isIn(localOkta, 'Two', ADA))
})

t.test('a rule that cannot be is refused', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { id } = localOkta.groups.create('One')
  for (const value of ['', 'user.', 'user.a ==', '(user.a', '"a', 'a b', 'f(,)', '('.repeat(200), 'x'.repeat(3000)]) {
    t.equal((await call('POST', 'groups/rules', rule(id, value))).status, 400, value.slice(0, 20))
  }
  t.equal((await call('POST', 'groups/rules', rule('00gnonsense', 'true'))).status, 400)
  t.equal((await call('GET', 'groups/rules/nonsense')).status, 404)
})
