import { createServer, type AddressInfo } from 'node:net'
import type { StartServer } from '../servers/server.js'

/** The whole service as it is started by its operator, settings from the environment. */
export const start: StartServer = async ({ issuer, audience, directory }) => {
  const port = await findFreePort()
  Object.assign(process.env, {
    OKTA_OAUTH2_ISSUER: issuer,
    OKTA_OAUTH2_AUDIENCE: audience,
    OKTA_CLIENT_ORGURL: directory?.orgUrl,
    OKTA_CLIENT_TOKEN: directory?.token,
    HOST: '127.0.0.1',
    PORT: String(port)
  })
  // Its start is over when it listens.
  await import('#greeting/server.js')
  return port
}

async function findFreePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => { server.close(resolve) })
  return port
}
