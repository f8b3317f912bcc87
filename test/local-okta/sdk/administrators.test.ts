import t from 'tap'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

const USER = '00uadalovelace000001'
const STANDARD = ['SUPER_ADMIN', 'ORG_ADMIN', 'API_ACCESS_MANAGEMENT_ADMIN', 'APP_ADMIN', 'USER_ADMIN', 'READ_ONLY_ADMIN', 'HELP_DESK_ADMIN', 'REPORT_ADMIN', 'GROUP_MEMBERSHIP_ADMIN']

t.test('each standard role is assigned to a user, found, and taken from them', async t => {
  const { sdk: { roleAssignmentApi: api } } = await shareSdk()
  for (const type of STANDARD) {
    const role = await api.assignRoleToUser({ userId: USER, assignRoleRequest: { type } })
    t.match(role, { id: String, type, status: 'ACTIVE', label: /Administrator$/ })
    t.match(await listOf(api.listAssignedRolesForUser({ userId: USER })), [{ id: role.id }])
    await api.unassignRoleFromUser({ userId: USER, roleId: role.id })
    await isGone(t, api.getUserAssignedRole({ userId: USER, roleId: role.id }))
  }
  await refused(t, api.assignRoleToUser({ userId: USER, assignRoleRequest: { type: 'NONSENSE' } }), 400, 'E0000001')
})

t.test('a role is limited to groups and apps, and freed of the limits', async t => {
  const { sdk: { roleAssignmentApi, roleTargetApi: targets, groupApi, applicationApi } } = await shareSdk()
  const [{ id: first }, { id: second }] = [await groupApi.createGroup({ group: { profile: { name: 'First' } } }), await groupApi.createGroup({ group: { profile: { name: 'Second' } } })]
  const { id: applicationId } = await applicationApi.createApplication({ application: { name: 'bookmark', label: 'Target', signOnMode: 'BOOKMARK', settings: { app: { requestIntegration: false, url: 'https://site.example' } } } })
  const helpDesk = { userId: USER, roleId: (await roleAssignmentApi.assignRoleToUser({ userId: USER, assignRoleRequest: { type: 'HELP_DESK_ADMIN' } })).id }
  for (const groupId of [first, second]) await targets.assignGroupTargetToUserRole({ ...helpDesk, groupId })
  await targets.unassignGroupTargetFromUserAdminRole({ ...helpDesk, groupId: first })
  t.match(await listOf(targets.listGroupTargetsForRole(helpDesk)), [{ id: second, profile: { name: 'Second' } }])
  const apps = { userId: USER, roleId: (await roleAssignmentApi.assignRoleToUser({ userId: USER, assignRoleRequest: { type: 'APP_ADMIN' } })).id }
  for (const appName of ['facebook', 'google']) await targets.assignAppTargetToAdminRoleForUser({ ...apps, appName })
  await targets.unassignAppTargetFromAppAdminRoleForUser({ ...apps, appName: 'google' })
  await targets.assignAppInstanceTargetToAppAdminRoleForUser({ ...apps, appName: 'bookmark', applicationId })
  t.match(await listOf(targets.listApplicationTargetsForApplicationAdministratorRoleForUser(apps)), [{ name: 'facebook' }, { name: 'bookmark', id: applicationId }])
  await targets.assignAllAppsAsTargetToRoleForUser(apps)
  t.strictSame(await listOf(targets.listApplicationTargetsForApplicationAdministratorRoleForUser(apps)), [], 'all apps')
  for (const ids of [helpDesk, apps]) await roleAssignmentApi.unassignRoleFromUser(ids)
})

t.test('groups and service apps have roles as users do', async t => {
  const { sdk: { roleAssignmentApi: api, roleTargetApi: targets, groupApi }, org } = await shareSdk()
  const { id: groupId } = await groupApi.createGroup({ group: { profile: { name: 'Admins' } } })
  const { id: roleId } = await api.assignRoleToGroup({ groupId, assignRoleRequest: { type: 'USER_ADMIN' } })
  await targets.assignGroupTargetToGroupAdminRole({ groupId, roleId, targetGroupId: groupId })
  t.match(await listOf(api.listGroupAssignedRoles({ groupId })), [{ id: roleId, assignmentType: 'GROUP' }])
  t.match(await listOf(targets.listGroupTargetsForGroupRole({ groupId, roleId })), [{ id: groupId }])
  const { clientId } = org.clients.service
  const { id: roleAssignmentId } = await api.assignRoleToClient({ clientId, assignRoleRequest: { type: 'HELP_DESK_ADMIN' } })
  t.match(await api.retrieveClientRole({ clientId, roleAssignmentId }), { assignmentType: 'CLIENT', type: 'HELP_DESK_ADMIN' })
  await api.deleteRoleFromClient({ clientId, roleAssignmentId })
  await isGone(t, api.retrieveClientRole({ clientId, roleAssignmentId }))
})

t.test('a role of the org itself is bound to a set of resources and its members', async t => {
  const { sdk: { customRoleApi: roles, resourceSetApi: sets, roleAssignmentApi }, org: { orgUrl } } = await shareSdk()
  const role = await roles.createRole({ instance: { label: 'Helpers', description: 'Reset passwords', permissions: ['okta.users.read', 'okta.users.manage'] } })
  await refused(t, roles.createRole({ instance: { label: 'Helpers', description: 'Again', permissions: ['okta.users.read'] } }), 400, 'E0000001')
  t.match(await roles.getRole({ roleIdOrLabel: 'Helpers' }), { id: role.id })
  await roles.createRolePermission({ roleIdOrLabel: role.id, permissionType: 'okta.groups.read' })
  await roles.deleteRolePermission({ roleIdOrLabel: role.id, permissionType: 'okta.users.manage' })
  t.match((await roles.listRolePermissions({ roleIdOrLabel: role.id })).permissions, [{ label: 'okta.users.read' }, { label: 'okta.groups.read' }])
  const { id: resourceSetId } = await sets.createResourceSet({ instance: { label: 'People', description: 'All', resources: [`${orgUrl}/api/v1/users`] } })
  await sets.addResourceSetResources({ resourceSetId, instance: { additions: [`${orgUrl}/api/v1/groups`] } })
  t.equal((await sets.listResourceSetResources({ resourceSetId })).resources.length, 2)
  const binding = { resourceSetId, roleIdOrLabel: role.id }
  await sets.createResourceSetBinding({ resourceSetId, instance: { role: role.id, members: [`${orgUrl}/api/v1/users/${USER}`] } })
  const { members: [{ id: memberId }] } = await sets.listMembersOfBinding(binding)
  await sets.addMembersToBinding({ ...binding, instance: { additions: [`${orgUrl}/api/v1/groups/00geveryone000000001`] } })
  await sets.unassignMemberFromBinding({ ...binding, memberId })
  t.equal((await sets.listMembersOfBinding(binding)).members.length, 1)
  const { id: roleId } = await roleAssignmentApi.assignRoleToUser({ userId: USER, assignRoleRequest: { type: 'CUSTOM', role: role.id, resource_set: resourceSetId } })
  t.match(await roleAssignmentApi.getUserAssignedRole({ userId: USER, roleId }), { type: 'CUSTOM', role: role.id })
  await roleAssignmentApi.unassignRoleFromUser({ userId: USER, roleId })
  await sets.deleteBinding(binding)
  await sets.deleteResourceSet({ resourceSetId })
  await isGone(t, sets.getResourceSet({ resourceSetId }))
  await roles.deleteRole({ roleIdOrLabel: role.id })
  await isGone(t, roles.getRole({ roleIdOrLabel: role.id }))
})
