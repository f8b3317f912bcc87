import { isLoopback } from '../../../options/urls.js'
import { stringAt } from '../../json.js'
import { SECURITY_EVENTS_PATH, UNIVERSAL_LOGOUT_PATH } from '../../settings/paths.js'
import { isLocalOrg } from '../../settings/service-settings.js'
import { describeLastMessage } from '../service.js'
import { CannotCheck, fail, ok, skipped, warn, type Check, type DoctorContext, type Finding } from '../check.js'

export const securityEvents: Check = {
  id: 'securityevents',
  why: 'By security events and Universal Logout, Okta ends the access of a user whose session or account is no longer safe.',
  needs: ['publicurl'],
  async run (context) {
    const { settings } = context
    const { universalLogoutClientId: clientId, ssf, publicUrl } = settings
    if (clientId === undefined && ssf.audience === undefined) return skipped('OKTA_SSF_AUDIENCE and OKTA_UNIVERSAL_LOGOUT_CLIENTID are not set: both are off')
    if (publicUrl === undefined) return fail('PUBLIC_URL is not set, and messages are meant for that address', 'set PUBLIC_URL')
    if (isLoopback(new URL(publicUrl)) && !isLocalOrg(settings)) return fail(`Okta cannot reach ${publicUrl}`, 'set PUBLIC_URL to the https address that Okta reaches')
    if (clientId === undefined) return await checkStream(context, publicUrl)
    const app = await findApp(context, clientId)
    if (app === null) return fail('the org has no app with the client id OKTA_UNIVERSAL_LOGOUT_CLIENTID', 'set OKTA_UNIVERSAL_LOGOUT_CLIENTID to the client id of the app whose Universal Logout points here')
    if (app !== undefined && stringAt(app, 'universalLogout', 'status') === 'DISABLED') {
      return fail('Universal Logout of the app is off', `Admin Console: Applications > (app) > Sign On > Logout: ${publicUrl}${UNIVERSAL_LOGOUT_PATH}`)
    }
    return ssf.audience === undefined ? ok(`Universal Logout of ${clientId}; security events are off${await describeLastMessage(publicUrl, 'universal_logout')}`) : await checkStream(context, publicUrl)
  }
}

/** `null` if there is none, `undefined` if that cannot be seen. */
async function findApp ({ org }: DoctorContext, clientId: string): Promise<unknown> {
  try {
    return await org.findApp(clientId) ?? null
  } catch (error) {
    if (error instanceof CannotCheck) return undefined
    throw error
  }
}

/** Okta shows streams to service apps with `ssf.read` only, and each app its own (SSF stream API). */
async function checkStream ({ org, settings }: DoctorContext, publicUrl: string): Promise<Finding> {
  const url = `${publicUrl}${SECURITY_EVENTS_PATH}`
  const streams = await org.find('/ssf/stream', 'ssf.read')
  const all = Array.isArray(streams) ? streams : []
  const stream = all.find((candidate) => stringAt(candidate, 'delivery', 'endpoint_url') === url)
  if (stream === undefined) return fail(`no stream delivers to ${url}`, `create one: POST {org}/api/v1/ssf/stream, with endpoint_url ${url}`)
  const audience = stringAt(stream, 'aud')
  if (audience !== '' && audience !== settings.ssf.audience) return fail(`the stream has the audience ${audience}`, `set OKTA_SSF_AUDIENCE=${audience}`)
  return settings.ssf.authorization === undefined
    ? warn(`a stream delivers to ${url}; messages are known by their signature alone`, 'set OKTA_SSF_AUTHORIZATION and authorization_header of the stream')
    : ok(`a stream delivers to ${url}${await describeLastMessage(publicUrl, 'security_events')}`)
}
