import { Failure } from './failure.js'

/** Where a sign-in ends: at the greeting, or at the account. */
export type Destination = '/greet' | '/me'

/** What the page needs when Okta sends the browser back. It holds no token. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** To show the user something, or, without asking, to get an ID token to sign out with. */
  readonly purpose: 'sign-in' | 'sign-out'
  readonly destination: Destination
  /** The query of the destination. */
  readonly query: string
}

const SIGN_IN = 'pending-sign-in'
const SIGN_OUT = 'pending-sign-out'

/** Keeps it in this tab only, until Okta answers. @throws {Failure} the browser blocks storage */
export function keepPendingSignIn (pending: PendingSignIn): void {
  withStorage((storage) => { storage.setItem(SIGN_IN, JSON.stringify(pending)) })
}

/**
 * Returns it once; `null` if no sign-in began in this tab, or its answer was read already.
 *
 * @throws {Failure} the browser blocks storage
 */
export function takePendingSignIn (): PendingSignIn | null {
  const kept = withStorage((storage) => take(storage, SIGN_IN))
  return kept === null ? null : JSON.parse(kept) as PendingSignIn
}

/** Keeps the `state` of a sign-out. It only shows a notice afterwards, so blocked storage does not matter. */
export function keepPendingSignOut (state: string): void {
  try {
    withStorage((storage) => { storage.setItem(SIGN_OUT, state) })
  } catch {}
}

/** Whether a sign-out that began in this tab ends with this `state`. Returns true once. */
export function takePendingSignOut (state: string | null): boolean {
  try {
    const kept = withStorage((storage) => take(storage, SIGN_OUT))
    return kept !== null && kept === state
  } catch {
    return false
  }
}

/** Browsers that block storage throw when it is read, or when it is written to. */
function withStorage<T> (use: (storage: Storage) => T): T {
  try {
    return use(sessionStorage)
  } catch (cause) {
    throw new Failure('storage-blocked', 'storage_blocked', '', { cause })
  }
}

function take (storage: Storage, name: string): string | null {
  const kept = storage.getItem(name)
  storage.removeItem(name)
  return kept
}
