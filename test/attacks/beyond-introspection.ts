import type { IntrospectionOptions } from 'fastify-okta'
import type { Attack } from './attack.js'
import { expectAnswer } from './expectation.js'
import { clientsKey } from '../kit/dpop-proof.js'
import { json } from '../kit/issuer.js'
import { dpop, prove, type TargetOptions } from './target.js'

const asked: TargetOptions = { okta: () => ({ introspection: { clientId: '0oaservice', clientSecret: 'a-secret-of-this-test', cacheTtlMs: 0, timeoutMs: 2000 } as IntrospectionOptions }) }

export const INTROSPECTION: readonly Attack[] = [
  {
    title: 'An answer about another kind of token is not about an access token',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      for (const type of ['refresh_token', 'N_A', 'id_token', 'urn:ietf:params:oauth:token-type:refresh_token', 1]) {
        const { cid, scp, ...claims } = issuer.claims()
        issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, client_id: cid, scope: 'openid', ...claims, token_type: type }))
        expectAnswer(t, `token_type ${type}`, await get('/me', 'an-opaque-token'), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      }
    }
  },
  {
    title: 'An answer with a prototype, a thousand levels or a megabyte in it does no harm',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      const { cid, ...claims } = issuer.claims()
      const text = JSON.stringify({ active: true, client_id: cid, ...claims }).slice(0, -1)
      for (const [i, more] of ['"__proto__":{"polluted":1}', `"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`, `"filler":"${'x'.repeat(1_000_000)}"`, '"constructor":{"prototype":{"polluted":1}}', '"active":false'].entries()) {
        issuer.faults.set('/oauth2/default/v1/introspect', json(200, `${text},${more}}`))
        const { status } = await get('/me', `opaque-${i}`)
        t.ok([200, 401, 503].includes(status), `${more.slice(0, 20)}: ${status}`)
        t.notOk('polluted' in {})
      }
    }
  },
  {
    title: 'A bound token stays bound when the authorization server says so',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get, send }) => {
      const { cid, ...claims } = issuer.claims({ cnf: { jkt: clientsKey.thumbprint } })
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, token_type: 'DPoP', client_id: cid, ...claims }))
      expectAnswer(t, 'as a bearer token', await get('/me', 'an-opaque-token'), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      expectAnswer(t, 'with its proof', await send({ headers: dpop('an-opaque-token', prove('an-opaque-token')) }), { outcomes: ['OK'] })
    }
  },
  {
    title: 'A revoked token is refused at once if each one is introspected',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      const { cid, ...claims } = issuer.claims()
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, client_id: cid, ...claims }))
      expectAnswer(t, 'before', await get('/me', 'an-opaque-token'), { outcomes: ['OK'] })
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: false }))
      expectAnswer(t, 'after', await get('/me', 'an-opaque-token'), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  }
]
