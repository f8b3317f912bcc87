import { DirectoryUnavailableError, type DirectoryUnavailableReason } from '../../errors.js'

interface DirectoryFailureFacts {
  readonly reason: DirectoryUnavailableReason
  /** Whether it says something about Okta, and not only about one user or about a limit of this process. */
  readonly isOutage: boolean
  readonly status?: number
  /** Okta's own, as `E0000011`, or OAuth's, as `invalid_client`. */
  readonly errorCode?: string | undefined
  /** The code of a network error, as `ECONNREFUSED`. */
  readonly code?: string | undefined
  /** How long Okta wants to be left alone, in milliseconds. */
  readonly waitMs?: number
}

/**
 * A call to Okta did not do what it should. Its message is one of our own sentences: it holds nothing that Okta, the SDK or
 * the network said, except for codes and the status.
 */
export class DirectoryFailure extends Error {
  readonly reason: DirectoryUnavailableReason
  readonly isOutage: boolean
  readonly status: number | undefined
  readonly errorCode: string | undefined
  readonly code: string | undefined
  readonly waitMs: number

  constructor (message: string, { reason, isOutage, status, errorCode, code, waitMs = 0 }: DirectoryFailureFacts) {
    super(message)
    this.reason = reason
    this.isOutage = isOutage
    this.status = status
    this.errorCode = errorCode
    this.code = code
    this.waitMs = waitMs
  }

  override get name (): string {
    return 'DirectoryFailure'
  }
}

/** Something failed outside of this code: for example, the SDK could not read a response. Its message is dropped. */
export function toDirectoryFailure (error: unknown): DirectoryFailure {
  if (error instanceof DirectoryFailure) return error
  return new DirectoryFailure('unexpected response: not an Okta user or group (proxy or login page?)', { reason: 'unavailable', isOutage: true })
}

/** Whether Okta itself says that there is no such object: a 404 that it does not explain may be a gateway's. */
export function isNotFound (error: unknown): boolean {
  return error instanceof DirectoryFailure && error.status === 404 && error.errorCode === 'E0000007'
}

/** The limits of this process are reached. */
export function busy (message: string): DirectoryFailure {
  return new DirectoryFailure(message, { reason: 'busy', isOutage: false })
}

/** Okta answers, but what it says of this one user cannot be used. */
export function unreadable (message: string): DirectoryFailure {
  return new DirectoryFailure(message, { reason: 'unreadable', isOutage: false })
}

/** What a request is refused with after the failure. */
export function toUnavailable (failure: DirectoryFailure): DirectoryUnavailableError {
  const { reason, errorCode, waitMs } = failure
  return new DirectoryUnavailableError(Math.max(1, Math.ceil(waitMs / 1000)), { cause: failure, reason, errorCode })
}
