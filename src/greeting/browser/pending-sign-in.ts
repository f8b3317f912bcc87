/** What the page must know again when Okta sends the browser back. No token is among it. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** What the sign-in is for: to be greeted, or, without asking, to have an ID token to sign out with. */
  readonly purpose: 'greet' | 'sign-out'
  /** The query of the greeting to come back to. */
  readonly query: string
}

const KEY = 'pending-sign-in'
const SIGN_OUT = 'pending-sign-out'

/** In this tab only, until Okta answers. */
export function keepPendingSignIn (pending: PendingSignIn): void {
  sessionStorage.setItem(KEY, JSON.stringify(pending))
}

/** Gives it once. `null` where no sign-in began in this tab, or its answer was read already. */
export function takePendingSignIn (): PendingSignIn | null {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return kept === null ? null : JSON.parse(kept) as PendingSignIn
}

/** The `state` that a sign-out begins with. */
export function keepPendingSignOut (state: string): void {
  sessionStorage.setItem(SIGN_OUT, state)
}

/** Whether a sign-out that began in this tab has come to its end with this `state`. Tells once. */
export function takePendingSignOut (state: string | null): boolean {
  const kept = sessionStorage.getItem(SIGN_OUT)
  sessionStorage.removeItem(SIGN_OUT)
  return kept !== null && kept === state
}
