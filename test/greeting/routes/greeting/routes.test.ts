import t from 'tap'
import { buildApp } from '#greeting/app.js'
import { buildService, startOkta } from '../../service.js'

t.test('hours 0 to 11 are morning, 12 to 15 afternoon, the rest evening', async t => {
  const { app, credentials, setTime } = await buildService(t)
  const headers = await credentials()
  const salutations = {
    '00:00:00': 'Good Morning',
    '11:59:59': 'Good Morning',
    '12:00:00': 'Good Afternoon',
    '15:59:59': 'Good Afternoon',
    '16:00:00': 'Good Evening',
    '23:59:59': 'Good Evening'
  }

  for (const [time, greeting] of Object.entries(salutations)) {
    setTime(`2026-11-24T${time}Z`)
    const response = await app.inject({ url: '/greet', headers })
    t.strictSame(response.json(), { greeting, name: 'Ada Lovelace', timeZone: 'Europe/London', localTime: `2026-11-24T${time}+00:00` })
  }
})

t.test('the zone is the one that is asked for, or the profile\'s, or the claim\'s, or the default', async t => {
  const { app, okta, credentials } = await buildService(t, { settings: { greeting: { group: 'Fastify Okta', timeZone: 'Pacific/Auckland' } } })
  const zoneOf = async (url: string, claims: Record<string, unknown>): Promise<unknown> =>
    (await app.inject({ url, headers: await credentials({ claims }) })).json().timeZone

  t.equal(await zoneOf('/greet?timeZone=Asia/Tokyo', { zoneinfo: 'America/Lima' }), 'Asia/Tokyo')
  t.equal(await zoneOf('/greet', { zoneinfo: 'America/Lima' }), 'Europe/London')
  for (const timezone of [null, 'around London', '']) {
    okta.users.update('ada@example.com', { timezone } as never)
    t.equal(await zoneOf('/greet', { zoneinfo: 'America/Lima' }), 'America/Lima', 'a profile without a zone that exists is passed over')
  }
  for (const zoneinfo of ['around Lima', 7, null, ['America/Lima']]) {
    t.equal(await zoneOf('/greet', { zoneinfo }), 'Pacific/Auckland', 'and so is a claim')
  }
})

t.test('a zone that is asked for and unknown, or asked for twice, is 400 and not repeated', async t => {
  const { app, credentials } = await buildService(t)
  const headers = await credentials()

  for (const query of ['timeZone=Mars/Olympus', 'timeZone=', 'timeZone=UTC&timeZone=UTC', 'timeZone=%2B02:00', 'timeZone=%3Cscript%3E']) {
    const response = await app.inject({ url: `/greet?${query}`, headers })
    t.equal(response.statusCode, 400, query)
    t.strictSame(response.json(), {
      statusCode: 400,
      code: 'FST_GREETING_UNKNOWN_TIME_ZONE',
      error: 'Bad Request',
      message: 'timeZone must be one IANA time zone, such as Europe/London'
    })
    t.equal(response.headers['cache-control'], 'no-store')
  }
})

t.test('the name is the display name, or both names, or the name claim, or the subject', async t => {
  const okta = await startOkta(t)
  const withUser = await buildService(t, { okta })
  const withoutUser = await buildService(t, { okta, directory: false })
  const nameOf = async ({ app, credentials }: typeof withUser, claims: Record<string, unknown> = {}): Promise<unknown> =>
    (await app.inject({ url: '/greet', headers: await credentials({ claims: { groups: ['Fastify Okta'], ...claims } }) })).json().name

  t.equal(await nameOf(withUser), 'Ada Lovelace')
  okta.users.update('ada@example.com', { displayName: ' ', firstName: 'Augusta', lastName: 'King' })
  t.equal(await nameOf(withUser), 'Augusta King')
  t.equal(await nameOf(withoutUser, { name: 'The Countess' }), 'The Countess')
  t.equal(await nameOf(withoutUser, { name: ' ' }), 'ada@example.com')
  t.equal(await nameOf(withoutUser, { name: { first: 'Ada' } }), 'ada@example.com')
})

t.test('text/plain is just the greeting', async t => {
  const { app, credentials } = await buildService(t)
  const authorization = await credentials()
  const preferences = {
    'text/plain': 'text',
    'text/*': 'text',
    'text/plain, application/json;q=0.9': 'text',
    'application/json, text/plain': 'json',
    'application/json;q=0.2, text/plain;q=0.1': 'json',
    '*/*': 'json',
    'text/html, */*;q=0.1': 'json',
    'text/html': 'json',
    'image/png': 'json',
    '': 'json',
    ';;;,,,=': 'json'
  }

  for (const [accept, format] of Object.entries(preferences)) {
    const response = await app.inject({ url: '/greet', headers: { ...authorization, accept } })
    t.equal(response.statusCode, 200)
    t.match(response.headers, { vary: 'Accept, Authorization', 'cache-control': 'no-store' })
    if (format === 'json') t.equal(response.json().greeting, 'Good Morning', `JSON for ${accept}`)
    else t.match(response, { body: /^Good Morning$/, headers: { 'content-type': 'text/plain; charset=utf-8' } }, `text for ${accept}`)
  }
})

t.test('HEAD is answered as GET without a body, and guarded as GET', async t => {
  const { app, credentials } = await buildService(t)
  const member = await app.inject({ method: 'HEAD', url: '/greet', headers: await credentials() })
  const nobody = await app.inject({ method: 'HEAD', url: '/greet' })

  t.match(member, { statusCode: 200, body: '' })
  t.ok(Number(member.headers['content-length']) > 0)
  t.match(nobody, { statusCode: 401, body: '' })
  t.match(nobody.headers, { 'www-authenticate': /^Bearer /, 'cache-control': 'no-store' })
})

t.test('only members of the group are greeted, and a removal takes effect', async t => {
  const { app, okta, credentials } = await buildService(t)
  const statusOf = async (user: string): Promise<number> => (await app.inject({ url: '/greet', headers: await credentials({ user }) })).statusCode

  t.equal((await app.inject('/greet')).statusCode, 401)
  t.equal(await statusOf('grace@example.com'), 403)
  t.equal(await statusOf('ada@example.com'), 200)
  okta.groups.removeUser('Fastify Okta', 'ada@example.com')
  t.equal(await statusOf('ada@example.com'), 403)
})

t.test('a default zone that does not exist stops the start', async t => {
  const { issuer, audience } = await startOkta(t)

  await t.rejects(
    buildApp({ okta: { issuer, audience }, greeting: { group: 'g', timeZone: 'Mars/Olympus' }, logLevel: 'silent' }),
    { name: 'TypeError', message: /IANA/ }
  )
})
