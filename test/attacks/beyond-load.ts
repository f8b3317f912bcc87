import type { Attack } from './attack.js'
import { ADA, encode } from '../kit/access-token.js'
import { json, type Answer } from '../kit/issuer.js'
import { toUser } from '../kit/directory-user.js'

const USER = `/api/v1/users/${ADA}`
const slowly = (answer: Answer, ms: number): Answer => (request, response) => { setTimeout(() => { answer(request, response) }, ms) }

export const LOAD: readonly Attack[] = [
  {
    title: 'A hundred callers of one token ask the directory once',
    target: { directory: { timeoutMs: 2000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, slowly(json(200, toUser({ id: ADA })), 40))
      const token = issuer.mint()
      const answers = await Promise.all(Array.from({ length: 100 }, async () => (await get('/greet', token)).status))
      t.ok(answers.every(status => status === 200))
      t.equal(issuer.requestLines.filter(request => request === `GET ${USER}`).length, 1)
      issuer.faults.clear()
    }
  },
  {
    title: 'Ten thousand groups in a token do not get in',
    expected: ['FST_OKTA_INVALID_TOKEN', 431],
    tokens: issuer => ({ 'ten thousand': issuer.mint({ claims: { groups: Array.from({ length: 10_000 }, (_, i) => `g${i}`) } }) })
  },
  {
    title: 'A thousand strings that are not tokens cause no request to the issuer',
    run: async (t, { get, issuer }) => {
      const before = issuer.requestLines.length
      for (let i = 0; i < 20; i++) {
        const statuses = await Promise.all(Array.from({ length: 25 }, async (_, j) => (await get('/me', `${encode(`{"alg":"RS256","kid":"k${i}${j}"}`)}.e30.AAAA`)).status))
        if (!statuses.every(status => status === 401)) t.fail('each is refused', { statuses })
      }
      t.equal(issuer.requestLines.length, before)
    }
  }
]
