import { IncomingMessage, ServerResponse, type IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { buildApplication } from '../../kit/application.js'
import { clientsKey, prove, PUBLIC_URL } from '../../kit/dpop-proof.js'

interface Answer {
  readonly status: number
  readonly code: string | undefined
}

/** Gives the application a request as adapters for functions make it: from a map of headers, without a connection. */
async function handle (app: FastifyInstance, rawHeaders: string[] | undefined, url: string, headers: IncomingHttpHeaders): Promise<Answer> {
  const request = Object.assign(new IncomingMessage(new PassThrough() as unknown as Socket), { method: 'GET', url, headers, httpVersion: '1.1', complete: true })
  Object.defineProperty(request, 'rawHeaders', { value: rawHeaders })
  request.push(null)
  const response = new ServerResponse(request)
  const body = new Promise<string>((resolve) => {
    response.end = ((chunk: unknown) => {
      resolve(String(chunk ?? ''))
      return response
    }) as typeof response.end
  })
  app.routing(request, response)
  const { code } = JSON.parse(await body) as { code?: string }
  return { status: response.statusCode, code }
}

const FORMS: Record<string, string[] | undefined> = { 'no rawHeaders': undefined, 'an empty rawHeaders': [] }

for (const [title, rawHeaders] of Object.entries(FORMS)) {
  t.test(`a request with ${title} is answered as any other`, async (t) => {
    const { app, issuer } = await buildApplication(t, { okta: { publicUrl: PUBLIC_URL, dpop: { mode: 'allowed' } } })
    const bearer = `Bearer ${issuer.mint()}`
    const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
    const authorization = `DPoP ${bound}`
    const ask = async (headers: IncomingHttpHeaders, url = '/me'): Promise<Answer> => await handle(app, rawHeaders, url, headers)

    t.match(await ask({}), { status: 401, code: 'FST_OKTA_MISSING_CREDENTIALS' })
    t.match(await ask({ authorization: bearer }), { status: 200 })
    t.match(await ask({ authorization: bearer }), { status: 200 }, 'from memory')
    t.match(await ask({ authorization: 'Bearer garbage' }), { status: 401, code: 'FST_OKTA_INVALID_TOKEN' })
    t.match(await ask({ authorization, dpop: prove(bound) }), { status: 200 }, 'a good proof')
    t.match(await ask({ authorization }), { status: 401, code: 'FST_OKTA_INVALID_DPOP_PROOF' }, 'no proof')
    t.match(await ask({ authorization, dpop: `${prove(bound)}, ${prove(bound)}` }), { status: 401, code: 'FST_OKTA_INVALID_DPOP_PROOF' }, 'two proofs')
    t.match(await ask({ authorization, dpop: [prove(bound), prove(bound)] }), { status: 401, code: 'FST_OKTA_INVALID_DPOP_PROOF' }, 'an array of proofs')
    t.match(await ask({ authorization: bearer }, '/me?access_token=x'), { status: 400, code: 'FST_OKTA_INVALID_REQUEST' }, 'a second token in the query')
    t.match(await ask({ authorization, dpop: prove(bound) }, '/me?access_token=x'), { status: 400, code: 'FST_OKTA_INVALID_REQUEST' })
  })

  t.test(`odd headers of a request with ${title} are refused, and never an error of the server`, async (t) => {
    const { app, issuer } = await buildApplication(t, { okta: { publicUrl: PUBLIC_URL } })
    const [one, other] = [`Bearer ${issuer.mint()}`, `Bearer ${issuer.mint()}`]
    const odd: Record<string, unknown> = {
      'an array of two': [one, other],
      'an array of one': [one],
      'an empty array': [],
      'two in one line': `${one}, ${other}`,
      'a number': 1,
      'an object': {},
      null: null
    }
    for (const [name, authorization] of Object.entries(odd)) {
      for (const url of ['/me', '/greet', '/write']) {
        const { status } = await handle(app, rawHeaders, url, { authorization } as IncomingHttpHeaders)
        t.ok(status === 400 || status === 401, `${name} at ${url}: ${status}`)
      }
    }
  })
}
