/** A refusal by an OAuth endpoint, answered as RFC 6749 section 5.2 says. */
export class OAuthError extends Error {
  readonly statusCode: number
  readonly error: string
  readonly headers: Readonly<Record<string, string>>

  constructor (statusCode: number, error: string, description: string, headers: Record<string, string> = {}) {
    super(description)
    this.statusCode = statusCode
    this.error = error
    this.headers = headers
  }

  /** The same refusal with further headers. */
  withHeaders (headers: Record<string, string>): OAuthError {
    return new OAuthError(this.statusCode, this.error, this.message, { ...this.headers, ...headers })
  }

  /** The JSON body. */
  get body (): { error: string, error_description: string } {
    return { error: this.error, error_description: this.message }
  }
}

/** 401 `invalid_client`. */
export function invalidClient (description: string): OAuthError {
  return new OAuthError(401, 'invalid_client', description)
}

/** 400 `invalid_request`. */
export function invalidRequest (description: string): OAuthError {
  return new OAuthError(400, 'invalid_request', description)
}
