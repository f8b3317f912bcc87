import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

const PASSWORD = 'Abcd1234#'
const EVERYONE = '00geveryone000000001'
const CREDENTIALS = { password: { value: PASSWORD }, recovery_question: { question: 'First pet?', answer: 'Turtle' } }

let count = 0

/** The parameters that create a person whom no other test has. */
function person (more: Json = {}): Json {
  count += 1
  const login = `person-${count}@sdk.example`
  return { body: { profile: { firstName: 'Test', lastName: `Person ${count}`, email: login, login }, credentials: CREDENTIALS, ...more }, activate: true }
}

t.test('a user is created, read, listed, updated in part and in full, deactivated and deleted', async t => {
  const { sdk: { userApi, schemaApi } } = await shareSdk()
  await schemaApi.updateUserProfile({ schemaId: 'default', userSchema: { definitions: { custom: { id: '#custom', type: 'object', properties: { age: { title: 'Age', type: 'integer' } } } } } })
  const created = await userApi.createUser(person())
  const userId = created.id
  t.ok(created instanceof okta.User)
  t.match(await userApi.getUser({ userId }), { status: 'ACTIVE', activated: Date, credentials: { provider: { type: 'OKTA' }, recovery_question: { question: 'First pet?' } }, _links: { self: { href: /users/ } } })
  t.match(await userApi.getUser({ userId: created.profile.login }), { id: userId })
  for (const query of [{ q: created.profile.login }, { filter: `profile.login eq "${created.profile.login}"` }, { search: `profile.lastName eq "${created.profile.lastName}" AND status eq "ACTIVE"` }]) {
    t.match(await listOf(userApi.listUsers(query)), [{ id: userId }], JSON.stringify(query))
  }
  t.match(await userApi.updateUser({ userId, user: { profile: { nickName: 'Nick', age: 33 } } }), { profile: { nickName: 'Nick', firstName: 'Test', age: 33 } })
  const { nickName, ...rest } = (await userApi.getUser({ userId })).profile
  t.notMatch(await userApi.replaceUser({ userId, user: { profile: rest } }), { profile: { nickName: 'Nick' } })
  t.match(await listOf(userApi.listUserGroups({ userId })), [{ id: EVERYONE, profile: { name: 'Everyone' } }])
  await userApi.deactivateUser({ userId })
  await refused(t, userApi.updateUser({ userId, user: { profile: { nickName: 'Late' } } }), 403, 'E0000038')
  await userApi.deleteUser({ userId })
  await isGone(t, userApi.getUser({ userId }))
})

t.test('a user goes through the statuses of Okta, and is refused what the status does not allow', async t => {
  const { sdk: { userApi } } = await shareSdk()
  const { id: userId, status } = await userApi.createUser({ ...person({ credentials: undefined }), activate: false })
  const statusOf = async () => (await userApi.getUser({ userId })).status
  t.equal(status, 'STAGED')
  t.match(await userApi.activateUser({ userId, sendEmail: false }), { activationUrl: /^http/, activationToken: String })
  t.equal(await statusOf(), 'PROVISIONED')
  t.match(await userApi.reactivateUser({ userId, sendEmail: false }), { activationToken: String })
  await userApi.updateUser({ userId, user: { credentials: CREDENTIALS } })
  const { id: active } = await userApi.createUser(person())
  await refused(t, userApi.activateUser({ userId: active, sendEmail: false }), 403, 'E0000016')
  await userApi.suspendUser({ userId: active })
  await refused(t, userApi.suspendUser({ userId: active }), 400, 'E0000001')
  await userApi.unsuspendUser({ userId: active })
  await refused(t, userApi.unlockUser({ userId: active }), 403, 'E0000032')
  t.match(await userApi.generateResetPasswordToken({ userId: active, sendEmail: false }), { resetPasswordUrl: /^http/ })
  t.equal((await userApi.getUser({ userId: active })).status, 'RECOVERY')
  for (const id of [userId, active]) {
    await userApi.deactivateUser({ userId: id })
    await userApi.deleteUser({ userId: id })
  }
})

t.test('a user changes the password, answers the question, and has the password expired', async t => {
  const { sdk: { userApi } } = await shareSdk()
  const { id: userId } = await userApi.createUser(person())
  const change = { oldPassword: { value: PASSWORD }, newPassword: { value: '1234Abcd#' } }
  t.match(await userApi.changePassword({ userId, changePasswordRequest: change, strict: true }), { provider: { type: 'OKTA' } })
  await refused(t, userApi.changePassword({ userId, changePasswordRequest: change }), 403, 'E0000014')
  const question = { password: change.newPassword, recovery_question: { question: 'First car?', answer: 'Beetle' } }
  t.match(await userApi.changeRecoveryQuestion({ userId, userCredentials: question }), { recovery_question: { question: 'First car?' } })
  t.match(await userApi.forgotPassword({ userId, sendEmail: false }), { resetPasswordUrl: /^http/ })
  t.equal((await userApi.getUser({ userId })).status, 'ACTIVE', 'the status stays')
  t.match(await userApi.forgotPasswordSetNewPassword({ userId, userCredentials: { password: { value: 'Another1#' }, recovery_question: { answer: 'Beetle' } }, sendEmail: false }), { provider: { type: 'OKTA' } })
  t.match(await userApi.expirePassword({ userId }), { status: 'PASSWORD_EXPIRED' })
  await userApi.deactivateUser({ userId })
  await userApi.deleteUser({ userId })
})

t.test('an expired password is replaced by a temporary one, and that by another', async t => {
  const { sdk: { userApi } } = await shareSdk()
  const login = 'temporary@example.net'
  const { id: userId } = await userApi.createUser({ body: { profile: { login, email: login, firstName: 'T', lastName: 'P' }, credentials: { password: { value: 'local-okta-1' } } } })
  t.match(await userApi.expirePassword({ userId }), { status: 'PASSWORD_EXPIRED' })
  // the SDK reads a user, and so no password
  for (let count = 0; count < 2; count += 1) await userApi.expirePasswordAndGetTemporaryPassword({ userId })
  await refused(t, userApi.changePassword({ userId, changePasswordRequest: { oldPassword: { value: 'local-okta-1' }, newPassword: { value: 'local-okta-2' } } }), 403, 'E0000014')
  t.match(await userApi.getUser({ userId }), { status: 'PASSWORD_EXPIRED' })
})

t.test('a realm stays as long as a user is in it', async t => {
  const { sdk: { realmApi, userApi } } = await shareSdk()
  const { id: realmId } = await realmApi.createRealm({ body: { profile: { name: 'Partners' } } })
  const login = 'partner@example.net'
  const { id: userId } = await userApi.createUser({ body: { profile: { login, email: login, firstName: 'P', lastName: 'R' }, realmId } })
  await refused(t, realmApi.deleteRealm({ realmId }), 400, 'E0000001')
  for (let step = 0; step < 2; step += 1) await userApi.deleteUser({ userId })
  await realmApi.deleteRealm({ realmId })
  await isGone(t, realmApi.getRealm({ realmId }))
})

t.test('a user type has a schema, and cannot be deleted while a user has it', async t => {
  const { sdk: { userApi, userTypeApi, schemaApi } } = await shareSdk()
  t.match(await userTypeApi.getUserType({ typeId: 'default' }), { _default: true, name: 'user' })
  const userType = { name: 'guest', displayName: 'Guest', description: 'From elsewhere' }
  const type = await userTypeApi.createUserType({ userType })
  const typeId = type.id
  await refused(t, userTypeApi.createUserType({ userType }), 400, 'E0000001')
  t.match(await userTypeApi.updateUserType({ typeId, userType: { displayName: 'Visitor' } }), { name: 'guest', displayName: 'Visitor' })
  t.match(await userTypeApi.replaceUserType({ typeId, userType: { name: 'other', displayName: 'Visitors', description: 'All' } }), { name: 'guest', displayName: 'Visitors' })
  const schemaId = type._links.schema.href.split('/').pop()
  t.match(await schemaApi.getUserSchema({ schemaId }), { definitions: { base: { properties: { login: { type: 'string' } } } } })
  const { id: userId } = await userApi.createUser(person({ type: { id: typeId } }))
  await refused(t, userTypeApi.deleteUserType({ typeId }), 403, 'E0000006')
  await userApi.deactivateUser({ userId })
  await userApi.deleteUser({ userId })
  await userTypeApi.deleteUserType({ typeId })
  await isGone(t, userTypeApi.getUserType({ typeId }))
  await refused(t, userApi.createUser(person({ type: { id: typeId } })), 400, 'E0000001')
})

t.test('an attribute is added to the schemas of users, groups and app users, and removed', async t => {
  const { sdk: { schemaApi, applicationApi } } = await shareSdk()
  const { id: appInstanceId } = await applicationApi.createApplication({ application: { name: 'bookmark', label: 'Schema', signOnMode: 'BOOKMARK', settings: { app: { requestIntegration: false, url: 'https://site.example' } } } })
  const schema = (attribute: unknown) => ({ definitions: { custom: { id: '#custom', type: 'object', properties: { twitter: attribute } } } })
  const attribute = { title: 'Twitter', type: 'string', minLength: 1, maxLength: 20, permissions: [{ principal: 'SELF', action: 'READ_WRITE' }] }
  const updates: Record<string, (body: Json) => Promise<Json>> = {
    users: async userSchema => await schemaApi.updateUserProfile({ schemaId: 'default', userSchema }),
    groups: async GroupSchema => await schemaApi.updateGroupSchema({ GroupSchema }),
    'app users': async body => await schemaApi.updateApplicationUserProfile({ appInstanceId, body })
  }
  for (const [title, update] of Object.entries(updates)) {
    t.match(await update(schema(attribute)), schema({ title: 'Twitter' }), title)
    t.notOk('twitter' in (await update(schema(null)))['definitions'].custom.properties, title)
  }
})

t.test('users are linked by a relationship, which either of its ends names', async t => {
  const { sdk: { linkedObjectApi, userApi } } = await shareSdk()
  const linkedObject = { primary: { name: 'manager', title: 'Manager', description: 'Above', type: 'USER' }, associated: { name: 'subordinate', title: 'Subordinate', description: 'Below', type: 'USER' } }
  t.match(await linkedObjectApi.createLinkedObjectDefinition({ linkedObject }), { primary: { name: 'manager' }, _links: { self: { href: /manager$/ } } })
  await refused(t, linkedObjectApi.createLinkedObjectDefinition({ linkedObject }), 409, 'E0000127')
  for (const linkedObjectName of ['manager', 'subordinate']) t.match(await linkedObjectApi.getLinkedObjectDefinition({ linkedObjectName }), { primary: { name: 'manager' } })
  const [associatedUserId, primaryUserId] = ['00uadalovelace000001', '00ugracehopper000001']
  await userApi.setLinkedObjectForUser({ associatedUserId, primaryRelationshipName: 'manager', primaryUserId })
  t.match(await listOf(userApi.listLinkedObjectsForUser({ userId: associatedUserId, relationshipName: 'manager' })), [{ _links: { self: { href: new RegExp(`${primaryUserId}$`) } } }])
  t.match(await listOf(userApi.listLinkedObjectsForUser({ userId: primaryUserId, relationshipName: 'subordinate' })), [{ _links: { self: { href: new RegExp(`${associatedUserId}$`) } } }])
  await userApi.deleteLinkedObjectForUser({ userId: associatedUserId, relationshipName: 'manager' })
  t.strictSame(await listOf(userApi.listLinkedObjectsForUser({ userId: associatedUserId, relationshipName: 'manager' })), [])
  await linkedObjectApi.deleteLinkedObjectDefinition({ linkedObjectName: 'manager' })
  await isGone(t, linkedObjectApi.getLinkedObjectDefinition({ linkedObjectName: 'manager' }))
})
