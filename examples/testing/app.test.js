// Tests with a local Okta for each file: people, groups, tokens and outages as the test needs them.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { startLocalOkta } from 'local-okta'
import { buildApp } from './app.js'

let okta
let app

before(async () => {
  okta = await startLocalOkta()
  okta.groups.create('Auditors')
  okta.users.create({ profile: { login: 'kay@example.com', email: 'kay@example.com', firstName: 'Kay', lastName: 'McNulty' } })
  app = await buildApp({
    issuer: okta.issuer,
    audience: okta.audience,
    directory: { token: okta.apiToken, userCacheTtlMs: 0, userCacheCeilingMs: 0, cooldownMs: 0 } // the tests change users between requests
  })
})

beforeEach(() => {
  okta.faults.clear()
  okta.users.setStatus('kay@example.com', 'ACTIVE')
  okta.groups.addUser('Auditors', 'kay@example.com')
})

after(async () => {
  await app.close()
  await okta.stop()
})

async function get (url, minted) {
  const authorization = `Bearer ${await okta.mintAccessToken({ user: 'kay@example.com', ...minted })}`
  return await app.inject({ url, headers: { authorization } })
}

test('an auditor reads the reports', async () => {
  const response = await get('/reports')
  assert.equal(response.statusCode, 200)
  assert.deepEqual(response.json(), { for: 'Kay' })
})

test('a user who was removed from the group does not, with the token they have', async () => {
  okta.groups.removeUser('Auditors', 'kay@example.com')
  const response = await get('/reports')
  assert.equal(response.statusCode, 403)
  assert.equal(response.json().code, 'FST_OKTA_GROUP_REQUIRED')
})

test('nor does a suspended user', async () => {
  okta.users.setStatus('kay@example.com', 'SUSPENDED')
  assert.equal((await get('/reports')).json().code, 'FST_OKTA_USER_INACTIVE')
})

test('a token that has expired is refused, and so is one for another audience', async () => {
  assert.equal((await get('/reports', { expiresInSeconds: -1 })).statusCode, 401)
  assert.equal((await get('/reports', { claims: { aud: 'api://other' } })).statusCode, 401)
})

test('while Okta is unavailable nobody is signed out', async () => {
  okta.faults.add({ path: /^\/api\/v1\/users/, status: 500 })
  const response = await get('/reports')
  assert.equal(response.statusCode, 503)
  assert.match(response.headers['retry-after'], /^\d+$/)
})
