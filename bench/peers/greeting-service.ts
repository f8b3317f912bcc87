import type { StartServer } from '../servers/server.js'

/** Settings name the port, so it is fixed: below those that the system gives to outgoing connections. */
const PORT = 27_312

/** The whole service as it is started by its operator, settings from the environment. */
export const start: StartServer = async ({ issuer, audience, directory }) => {
  Object.assign(process.env, {
    // Production refuses a local Okta.
    NODE_ENV: 'development',
    OKTA_OAUTH2_ISSUER: issuer,
    OKTA_OAUTH2_AUDIENCE: audience,
    OKTA_CLIENT_ORGURL: directory?.orgUrl,
    OKTA_CLIENT_TOKEN: directory?.token,
    HOST: '127.0.0.1',
    PORT: String(PORT)
  })
  // Its start is over when it listens.
  await import('#greeting/server.js')
  return PORT
}
