import { startLocalOkta, type LocalOkta } from 'local-okta'
import { answerCalls } from '../processes/answer-calls.js'

/** Where the greeting service is pointed, and tokens of members of its group. */
export interface Org {
  readonly issuer: string
  readonly audience: string
  readonly orgUrl: string
  readonly apiToken: string
  readonly memberTokens: readonly string[]
  readonly strangerToken: string
}

export const GROUP = 'Fastify Okta'
const MEMBERS = 20
const FIRST_NAMES = ['Ada', 'Grace', 'Radia', 'Barbara', 'Frances']

answerCalls({
  start: async (): Promise<Org> => {
    const okta = await startLocalOkta()
    const memberTokens = []
    for (let n = 0; n < MEMBERS; n++) memberTokens.push(await okta.mintAccessToken({ user: addMember(okta, n) }))
    const { issuer, audience, orgUrl, apiToken } = okta
    return { issuer, audience, orgUrl, apiToken, memberTokens, strangerToken: await okta.mintAccessToken({ user: 'grace@example.com' }) }
  }
})

function addMember (okta: LocalOkta, n: number): string {
  const login = `member-${n}@example.com`
  const firstName = FIRST_NAMES[n % FIRST_NAMES.length] as string
  okta.users.create({ profile: { login, email: login, firstName, lastName: 'Lovelace', timezone: 'Europe/London' } } as never)
  okta.users.setStatus(login, 'ACTIVE')
  okta.groups.addUser(GROUP, login)
  return login
}
