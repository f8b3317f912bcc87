/**
 * What the shipped seed of the local Okta has, so that `token` needs no options there. It is written down here, since this
 * package works without local-okta installed; a test compares the two.
 */
export const LOCAL_OKTA = {
  nativeClientId: '0oalocalnative000001',
  serviceClientId: '0oalocalservice00001',
  serviceClientSecret: 'local-okta-service-secret',
  /** A scope that its service client may request. */
  serviceScope: 'greet',
  logins: ['ada@example.com', 'grace@example.com', 'admin@example.com'],
  /** Of each of them. */
  password: 'local-okta-1'
} as const
