import t from 'tap'
import { SETTINGS } from '#greeting/settings/setting-definitions.js'
import { findUnknownVariables } from '#greeting/settings/unknown-variables.js'

const SUGGESTIONS: Record<string, string | null> = {
  OKTA_OAUTH2_CLIENT_ID: 'OKTA_OAUTH2_CLIENTID',
  OKTA_CLIENT_APITOKEN: 'OKTA_CLIENT_TOKEN',
  OKTA_CLIENT_TOKNE: 'OKTA_CLIENT_TOKEN',
  OKTA_CLIENT_ORG_URL: 'OKTA_CLIENT_ORGURL',
  okta_client_token: 'OKTA_CLIENT_TOKEN',
  OKTA_ISSUER: 'OKTA_OAUTH2_ISSUER',
  OKTA_API_TOKEN: 'OKTA_CLIENT_TOKEN',
  OKTA_GROUP: 'GREETING_GROUP',
  GREETING_GRUOP: 'GREETING_GROUP',
  GREETING_TIMEZONE: 'GREETING_TIME_ZONE',
  LOCAL_OKTA_PROT: 'LOCAL_OKTA_PORT',
  OKTA_CLIENT_USERAGENT: null
}

t.test('a variable that looks like a setting and is not one is named, with the setting that was probably meant', async (t) => {
  for (const [name, suggestion] of Object.entries(SUGGESTIONS)) t.same(findUnknownVariables([name], Object.keys(SETTINGS)), [{ name, suggestion }])
})

t.test('settings, those of local-okta, and variables of others, are not named', async (t) => {
  t.same(findUnknownVariables([...Object.keys(SETTINGS), 'LOCAL_OKTA_HOST', 'LOCAL_OKTA_API_TOKEN', 'PATH', 'OKTAPUS', 'MY_OKTA_TOKEN', 'GREETING'], Object.keys(SETTINGS)), [])
})
