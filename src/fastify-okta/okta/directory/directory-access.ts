import type { DirectoryUnavailableReason } from '../../errors.js'
import { toDirectoryFailure } from './directory-failure.js'

/** Whether the directory can be used, and if not, why. */
export type DirectoryAccess =
  | { readonly isReady: true }
  | {
    readonly isReady: false
    readonly reason: DirectoryUnavailableReason
    /** Of Okta's response; `undefined` if there is none. */
    readonly status: number | undefined
    /** Okta's own, as `E0000011`, or OAuth's, as `invalid_client`; `undefined` if there is none. */
    readonly errorCode: string | undefined
    /** Of the network, as `ECONNREFUSED`; `ETIMEDOUT` if there was no answer in time; `undefined` if Okta answered. */
    readonly code: string | undefined
    /** One sentence for the operator. Holds nothing that Okta or the network said, except for codes. */
    readonly message: string
  }

/** What a failed call says about the directory. */
export function toAccess (error: unknown): DirectoryAccess {
  const { reason, status, errorCode, code, message } = toDirectoryFailure(error)
  return { isReady: false, reason, status, errorCode, code, message }
}
