import t from 'tap'
import { groupMatchers } from '#fastify-okta/okta/directory/membership.js'
import { oktaGroup } from '../../../kit/okta-user.js'

const ID = '00gfastifyokta000001'

t.test('a group that was made in Okta is found by name and by id', async t => {
  t.same([...groupMatchers([oktaGroup('Fastify Okta', { id: ID })])], [ID, 'Fastify Okta'])
})

t.test('a group that comes from elsewhere is found by id only', async t => {
  for (const type of ['APP_GROUP', 'BUILT_IN'] as const) {
    t.same([...groupMatchers([oktaGroup('Fastify Okta', { id: ID, type })])], [ID], type)
  }
})

t.test('a name in the form of an id opens nothing', async t => {
  t.same([...groupMatchers([oktaGroup(ID, { id: '00gother000000000001' })])], ['00gother000000000001'])
  for (const name of [`${ID}1`, ID.slice(0, -1), ` ${ID}`, ID.replace('00g', '00u'), `${ID.slice(0, -1)}-`]) {
    t.ok(groupMatchers([oktaGroup(name)]).has(name), `${name} is no id`)
  }
})

t.test('somebody in no group is in none', async t => {
  t.equal(groupMatchers([]).size, 0)
})
