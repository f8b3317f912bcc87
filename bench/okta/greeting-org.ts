import { startLocalOkta, type LocalOkta } from 'local-okta'

const MEMBERS = 20

/** A local Okta with members of the greeting service's group. */
export interface GreetingOrg {
  readonly okta: LocalOkta
  readonly memberTokens: readonly string[]
  readonly strangerToken: string
}

export async function startGreetingOrg (): Promise<GreetingOrg> {
  const okta = await startLocalOkta()
  const memberTokens = []
  for (let n = 0; n < MEMBERS; n++) memberTokens.push(await okta.mintAccessToken({ user: addMember(okta, n) }))
  return { okta, memberTokens, strangerToken: await okta.mintAccessToken({ user: 'grace@example.com' }) }
}

function addMember (okta: LocalOkta, n: number): string {
  const login = `member-${n}@example.com`
  okta.users.create({ profile: { login, email: login, firstName: `Ada ${n}`, lastName: 'Lovelace', timezone: 'Europe/London' } } as never)
  okta.users.setStatus(login, 'ACTIVE')
  okta.groups.addUser('Fastify Okta', login)
  return login
}
