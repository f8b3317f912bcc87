/** What a server is told when it starts. */
export interface ServerOptions {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  /** The key of the issuer's, for who verifies without asking for it. */
  readonly publicKeyPem: string
  /** For servers with a directory. */
  readonly directory?: { readonly orgUrl: string, readonly token: string }
}

/** Starts a server on any free port of 127.0.0.1 and gives the port. */
export type StartServer = (options: ServerOptions) => Promise<number>
