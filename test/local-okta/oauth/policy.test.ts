import t from 'tap'
import { Kernel } from '#local-okta/kernel/kernel.js'
import { evaluateClaimExpression } from '#local-okta/oauth/claim-expression.js'
import { evaluatePolicies, type TokenRequest } from '#local-okta/oauth/policy.js'
import { authorizationServers } from '#local-okta/resources/authorization-servers/index.js'
import { ServerPolicies, ServerRules, ServerScopes } from '#local-okta/resources/authorization-servers/parts.js'
import { AuthorizationServers } from '#local-okta/resources/authorization-servers/store.js'
import { groups } from '#local-okta/resources/groups/index.js'
import { Groups } from '#local-okta/resources/groups/store.js'
import { users } from '#local-okta/resources/users/index.js'
import { Users } from '#local-okta/resources/users/store.js'
import { ADMINISTRATOR } from '#local-okta/seed.js'
import { defaultSeed } from 'local-okta'

const REQUEST: TokenRequest = { clientId: 'client', userId: undefined, grantType: 'client_credentials', scopes: ['greet'] }

function createKernel (): Kernel {
  const kernel = new Kernel('http://127.0.0.1:4000', ADMINISTRATOR)
  for (const { stores, eventTypes, seed } of [users, groups, authorizationServers]) {
    kernel.log.declare(eventTypes)
    for (const StoreType of stores) kernel.store(StoreType)
    seed?.(kernel, defaultSeed)
  }
  return kernel
}

type RuleConditions = {
  people?: { users: { include: string[], exclude: string[] }, groups: { include: string[], exclude: string[] } }
  grantTypes?: { include: string[] }
  scopes?: { include: string[] }
}

const EVERYONE = { users: { include: [], exclude: [] }, groups: { include: ['EVERYONE'], exclude: [] } }

function createServer (kernel: Kernel, rules: RuleConditions[], clients = ['ALL_CLIENTS']): string {
  const { id: serverId } = kernel.store(AuthorizationServers).create({ name: 'Orders', audiences: ['orders'] })
  kernel.store(ServerScopes).addSystemScopes(serverId)
  const policy = kernel.store(ServerPolicies).create({
    serverId, name: 'Policy', description: '', priority: 1, status: 'ACTIVE', system: false, conditions: { clients: { include: clients } }
  })
  for (const [index, conditions] of rules.entries()) {
    kernel.store(ServerRules).create({
      policyId: policy.id,
      name: `Rule ${index}`,
      priority: index + 1,
      status: 'ACTIVE',
      system: false,
      conditions: { people: EVERYONE, grantTypes: { include: ['client_credentials'] }, scopes: { include: ['*'] }, ...conditions },
      actions: { token: { accessTokenLifetimeMinutes: 5 * (index + 1), refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10 } }
    })
  }
  return serverId
}

t.test('the default server allows every client every grant, for an hour', async t => {
  const kernel = createKernel()
  for (const grantType of ['authorization_code', 'implicit', 'password', 'client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange']) {
    t.same(evaluatePolicies(kernel, 'default', { ...REQUEST, grantType }),
      { accessToken: 3600, refreshToken: Infinity, refreshTokenWindow: 7 * 24 * 3600 }, grantType)
  }
})

t.test('a server without a policy allows nothing', async t => {
  const kernel = createKernel()
  const { id } = kernel.store(AuthorizationServers).create({ name: 'Orders', audiences: ['orders'] })
  t.equal(evaluatePolicies(kernel, id, REQUEST), undefined)
})

t.test('a policy counts for its own clients, and only while it is active', async t => {
  const kernel = createKernel()
  const serverId = createServer(kernel, [{}], ['client'])
  t.match(evaluatePolicies(kernel, serverId, REQUEST), { accessToken: 300 })
  t.equal(evaluatePolicies(kernel, serverId, { ...REQUEST, clientId: 'other' }), undefined)
  const [policy] = kernel.store(ServerPolicies).ofServer(serverId)
  if (policy) kernel.store(ServerPolicies).update(policy, { status: 'INACTIVE' })
  t.equal(evaluatePolicies(kernel, serverId, REQUEST), undefined)
})

t.test('the first rule decides that matches people, grant and every scope', async t => {
  const kernel = createKernel()
  const ada = kernel.store(Users).find('ada@example.com')?.id ?? ''
  const grace = kernel.store(Users).find('grace@example.com')?.id ?? ''
  const members = kernel.store(Groups).find('Fastify Okta')?.id ?? ''
  const serverId = createServer(kernel, [
    { people: { ...EVERYONE, groups: { include: [members], exclude: [] } }, scopes: { include: ['greet'] } },
    { people: { users: { include: [], exclude: [grace] }, groups: { include: ['EVERYONE'], exclude: [] } } }
  ])
  const seconds = (changes: Partial<TokenRequest>) => evaluatePolicies(kernel, serverId, { ...REQUEST, ...changes })?.accessToken
  t.equal(seconds({ userId: ada }), 300, 'in the group')
  t.equal(seconds({ userId: ada, scopes: ['greet', 'email'] }), 600, 'a scope that the first rule does not have')
  t.equal(seconds({ userId: grace }), undefined, 'not in the group, and excluded by the second rule')
  t.equal(seconds({ userId: ada, grantType: 'password' }), undefined, 'a grant that no rule has')
  t.equal(seconds({ userId: ada, grantType: undefined }), 300, 'a refresh stays with its grant')
})

t.test('scopes, policies and rules are deleted with their server', async t => {
  const kernel = createKernel()
  const serverId = createServer(kernel, [{}])
  const [policy] = kernel.store(ServerPolicies).ofServer(serverId)
  const server = kernel.store(AuthorizationServers).findById(serverId)
  if (server) kernel.store(AuthorizationServers).delete(server)
  t.same(kernel.store(ServerScopes).ofServer(serverId), [])
  t.same(kernel.store(ServerPolicies).ofServer(serverId), [])
  t.same(kernel.store(ServerRules).ofPolicy(policy?.id ?? ''), [])
})

t.test('expressions of claims read constants, attributes of the user, and groups', async t => {
  const kernel = createKernel()
  const user = kernel.store(Users).find('ada@example.com')
  const subject = { clientId: 'client', user, groups: ['Everyone', 'Sales EU', 'Sales US'] }
  const values: Record<string, unknown> = {
    '"gold + silver"': 'gold + silver',
    "'gold'": 'gold',
    42: 42,
    true: true,
    'user.login': 'ada@example.com',
    'user.firstName + " " + user.lastName': 'Ada Lovelace',
    'user.unknown': undefined,
    'user.constructor': undefined,
    '"a" + user.unknown': undefined,
    'app.clientId': 'client',
    'Groups.startsWith("OKTA", "Sales", 100)': ['Sales EU', 'Sales US'],
    'Groups.endsWith("OKTA", "EU", 100)': ['Sales EU'],
    'Groups.contains("OKTA", "Sales", 1)': ['Sales EU'],
    'Groups.constructor("OKTA", "Sales", 1)': undefined,
    'isMemberOfGroupName("Everyone")': true,
    'isMemberOfGroupName("Nobody")': false,
    'T(java.lang.Runtime)': undefined,
    '': undefined
  }
  for (const [expression, value] of Object.entries(values)) t.same(evaluateClaimExpression(expression, subject), value, expression)
  t.equal(evaluateClaimExpression('user.login', { ...subject, user: undefined }), undefined, 'a client that acts for itself')
})
