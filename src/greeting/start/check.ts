import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { LocalOkta } from 'local-okta'

const COMMAND = join(dirname(createRequire(import.meta.url).resolve('fastify-okta/package.json')), 'bin/fastify-okta.js')

interface CheckOptions {
  /** With the settings, unchecked: what is wrong with them is for the report. */
  readonly environment: NodeJS.ProcessEnv
  /** The local Okta, if none of the settings names an org. */
  readonly localOkta: LocalOkta | undefined
  /** Options of `fastify-okta doctor`, such as `--json`. */
  readonly args: readonly string[]
}

/** `npm start -- --check`: runs `fastify-okta doctor` with the settings of the service, those in its files too. Returns the exit code. */
export async function checkAgainstOrg ({ environment, localOkta, args }: CheckOptions): Promise<number> {
  const env = { ...environment, ...(localOkta === undefined ? {} : variablesOf(localOkta)) }
  const child = spawn(process.execPath, [COMMAND, 'doctor', ...args], { env, stdio: 'inherit' })
  const [code] = await once(child, 'close') as [number | null]
  return code ?? 1
}

function variablesOf ({ issuer, audience, apiToken, clients }: LocalOkta): Record<string, string> {
  return { OKTA_OAUTH2_ISSUER: issuer, OKTA_OAUTH2_AUDIENCE: audience, OKTA_OAUTH2_CLIENTID: clients.browser.clientId, OKTA_CLIENT_TOKEN: apiToken }
}
