import type { IssuerOptions } from 'fastify-okta'
import type { Settings } from './settings.js'

/** The settings of the app once the issuer is known. What is left out is off, or has its default. */
export type AppSettings = Pick<Settings, 'greeting' | 'logLevel'> &
  Partial<Pick<Settings, 'eventHookSecret' | 'universalLogoutClientId' | 'securityEvents' | 'systemLogPollSeconds' | 'pageClientId' | 'publicUrl' | 'dpop' | 'redisUrl' | 'tracesUrl' | 'auditLog'>> &
  { readonly okta: Readonly<IssuerOptions> }

/** The setting that holds the credentials of the directory. */
export function credentialsSetting ({ okta: { directory } }: Pick<AppSettings, 'okta'>): string {
  return directory !== undefined && 'privateKey' in directory ? 'OKTA_CLIENT_PRIVATEKEY' : 'OKTA_CLIENT_TOKEN'
}
