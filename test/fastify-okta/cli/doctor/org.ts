import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { freePort } from '../../../kit/free-port.js'
import { startOrg } from '../../../kit/org.js'

export const SECRET = 'event-hook-secret-0123456789'
const SERVER = '/authorizationServers/default'

/** A local Okta that is set up for a service on a port without a listener, and with nothing that `doctor` would mention. */
export interface ReadyOrg {
  readonly org: LocalOkta
  /** Where the service is to listen. */
  readonly publicUrl: string
  /** The settings of the service. */
  readonly settings: Readonly<Record<string, string>>
  /** Calls the Management API as the administrator, and returns the parsed answer. */
  readonly api: Api
  /** Puts the org back to how it was at first. */
  restore (): Promise<void>
}

export type Api = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>

export async function startReadyOrg (t: Pick<Test, 'teardown'>): Promise<ReadyOrg> {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const org = await startOrg(t, {
    redirectUris: [`${publicUrl}/callback`, `${publicUrl}/docs/static/oauth2-redirect.html`],
    postLogoutRedirectUris: [`${publicUrl}/`]
  })
  const api = apiOf(org)
  const restore = async (): Promise<void> => {
    org.reset()
    org.applications.unassignGroup('browser', 'Everyone')
    org.applications.assignGroup('browser', 'Fastify Okta')
    await api('POST', '/trustedOrigins', { name: 'Greeting', origin: publicUrl, scopes: [{ type: 'CORS' }] })
  }
  await restore()
  return {
    org,
    publicUrl,
    api,
    restore,
    settings: {
      OKTA_OAUTH2_ISSUER: org.issuer,
      OKTA_CLIENT_TOKEN: org.apiToken,
      OKTA_OAUTH2_CLIENTID: org.clients.browser.clientId,
      PORT: String(port)
    }
  }
}

export function apiOf ({ orgUrl, apiToken }: Pick<LocalOkta, 'orgUrl' | 'apiToken'>): Api {
  return async (method, path, body) => {
    const response = await fetch(`${orgUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    const text = await response.text()
    return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  }
}

/** The only access policy of the default server, and its rule. */
export async function findPolicy (api: Api): Promise<{ policy: string, rule: string }> {
  const [policy] = await api('GET', `${SERVER}/policies`) as unknown as Array<{ id: string }>
  const path = `${SERVER}/policies/${policy?.id}`
  const [rule] = await api('GET', `${path}/rules`) as unknown as Array<{ id: string }>
  return { policy: path, rule: `${path}/rules/${rule?.id}` }
}
