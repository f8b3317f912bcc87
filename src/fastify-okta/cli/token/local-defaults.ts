/** Who to be at the local Okta, where nothing is said: its own clients and people, by the seed that is shipped. */
export interface LocalDefaults {
  readonly nativeClientId: string
  readonly serviceClientId: string
  /** A scope that its service client may have. */
  readonly serviceScope: string | undefined
  /** Undefined for somebody who is not in the seed. */
  passwordOf (login: string): string | undefined
  secretOf (clientId: string): string | undefined
}

/** @throws {Error} `ERR_MODULE_NOT_FOUND` if local-okta is not installed */
export async function readLocalDefaults (): Promise<LocalDefaults> {
  const { CLIENT_IDS, defaultSeed: { applications, scopes, users } } = await import('local-okta')
  return {
    nativeClientId: CLIENT_IDS.native,
    serviceClientId: CLIENT_IDS.service,
    serviceScope: scopes[0],
    passwordOf: login => users.find(({ profile }) => profile.login === login)?.password,
    secretOf: id => applications.find(({ clientId }) => clientId === id)?.clientSecret
  }
}
