import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import { refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const STANDARD = { login: 'new@example.com', email: 'new@example.com', firstName: 'New', lastName: 'Person' }

t.test('an attribute that the schema of users does not have is refused, by its name, until the schema has it', async (t) => {
  const { orgUrl, apiToken } = await start(t)
  const { userApi, schemaApi } = new okta.Client({ orgUrl, token: apiToken })
  const profile = { ...STANDARD, badgeNumber: 7 } as unknown as okta.UserProfile
  const create = async (): Promise<okta.User> => userApi.createUser({ body: { profile } })
  t.match(await refusalOf(create()), { status: 400, errorCode: 'E0000001', errorCauses: [{ errorSummary: "Property name 'badgeNumber' is not defined in profile" }] })

  const definitions = { custom: { id: '#custom', type: 'object', properties: { badgeNumber: { title: 'Badge', type: 'integer' } } } }
  await schemaApi.updateUserProfile({ schemaId: 'default', userSchema: { definitions } as unknown as okta.UserSchema })
  const user = await create()
  t.match(user.profile, { badgeNumber: 7 })
  const update = async (changes: object): Promise<okta.User> =>
    userApi.updateUser({ userId: user.id ?? '', user: { profile: changes as okta.UserProfile } })
  t.match((await update({ badgeNumber: 8 })).profile, { badgeNumber: 8, firstName: 'New' })
  t.match(await refusalOf(update({ badgeNumber: 'eight' })), { status: 400, errorCauses: [{ errorSummary: 'badgeNumber: must be of type integer' }] })
  t.match(await refusalOf(update({ shoeSize: 43, hat: 'none' })), {
    status: 400, errorCauses: [{ errorSummary: /'shoeSize' is not defined/ }, { errorSummary: /'hat' is not defined/ }]
  })
})

t.test('every standard attribute of a user is accepted', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: schema } = await call('GET', 'meta/schemas/user/default')
  const names = Object.keys(schema.definitions.base.properties).filter((name) => !Object.hasOwn(STANDARD, name))
  t.ok(names.length > 20)
  const { status } = await call('POST', 'users', { profile: { ...STANDARD, ...Object.fromEntries(names.map((name) => [name, 'x'])) } })
  t.equal(status, 200)
})

t.test('what the seed gave a person is accepted when it is sent back', async (t) => {
  const [ada, ...others] = defaultSeed.users
  if (!ada) throw new Error('no people')
  const localOkta = await start(t, { seed: { ...defaultSeed, users: [{ ...ada, profile: { ...ada.profile, badgeNumber: 7 } }, ...others] } })
  const call = callsTo(localOkta)
  const { body: { profile } } = await call('GET', 'users/ada@example.com')
  t.match(await call('PUT', 'users/ada@example.com', { profile: { ...profile, nickName: 'Countess' } }), { status: 200, body: { profile: { badgeNumber: 7, nickName: 'Countess' } } })
})

t.test('the profiles of groups have the attributes of their schema', async (t) => {
  const call = callsTo(await start(t))
  const profile = { name: 'Crew', deck: 'upper' }
  t.match(await call('POST', 'groups', { profile }), {
    status: 400,
    body: { errorCode: 'E0000001', errorSummary: 'Api validation failed: New UserGroup', errorCauses: { 0: { errorSummary: "Property name 'deck' is not defined in profile" } } }
  })
  await call('POST', 'meta/schemas/group/default', { definitions: { custom: { id: '#custom', type: 'object', properties: { deck: { title: 'Deck', type: 'string', enum: ['upper', 'lower'] } } } } })
  const { body: group } = await call('POST', 'groups', { profile })
  t.match(group, { profile })
  t.match(await call('PUT', `groups/${group.id}`, { profile: { name: 'Crew', deck: 'middle' } }), { status: 400 })
  t.match(await call('PUT', `groups/${group.id}`, { profile: { name: 'Crew', mast: 'fore' } }), { status: 400 })
})
