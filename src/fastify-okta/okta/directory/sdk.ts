import type { GroupApi, RequestContext, ResponseContext, UserApi } from '@okta/okta-sdk-nodejs'
import type { OktaHttp } from './okta-http.js'

/** The SDK's calls about users and about groups. */
export interface OktaApis {
  readonly users: UserApi
  readonly groups: GroupApi
}

/**
 * The SDK's calls about users and groups, with our own HTTP beneath them. Each signal gets instances of its own, since the
 * SDK does not pass a signal on.
 *
 * The SDK's `Client` is not used: its constructor reads `okta.yaml` in the working directory and in `~/.okta`, and
 * `OKTA_CLIENT_*`, whatever it is given; its cache keeps a user until the process ends; and it makes an agent of
 * `HTTPS_PROXY` that ignores `NO_PROXY`.
 *
 * @throws {TypeError} the SDK, an optional peer dependency, is not installed
 */
export async function openOktaApis (orgUrl: string, http: OktaHttp): Promise<(signal: AbortSignal) => OktaApis> {
  const { default: sdk } = await import('@okta/okta-sdk-nodejs').catch(explainMissingSdk)
  const baseServer = new sdk.ServerConfiguration(orgUrl, {})

  async function send (request: RequestContext, signal: AbortSignal): Promise<ResponseContext> {
    const body = request.getBody()
    const { status, headers, text } = await http.send({
      url: request.getUrl(),
      method: request.getHttpMethod(),
      headers: request.getHeaders(),
      ...(typeof body === 'string' ? { body } : {})
    }, signal)
    return new sdk.ResponseContext(status, headers, { text: async () => text, binary: async () => Buffer.from(text) })
  }

  return (signal) => {
    const configuration = sdk.createConfiguration({
      baseServer,
      httpApi: sdk.wrapHttpLibrary({ send: async (request) => await send(request, signal) })
    })
    return { users: new sdk.UserApi(configuration), groups: new sdk.GroupApi(configuration) }
  }
}

function explainMissingSdk (error: NodeJS.ErrnoException): never {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  throw new TypeError('directory needs the package @okta/okta-sdk-nodejs: npm install @okta/okta-sdk-nodejs', { cause: error })
}
