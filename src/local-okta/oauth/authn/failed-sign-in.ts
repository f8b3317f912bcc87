import type { Kernel } from '../../kernel/kernel.js'
import { userActor, userTarget } from '../../resources/users/events.js'
import type { User } from '../../resources/users/user.js'

/** A username may be as long as a request, and the log keeps thousands of events. */
const MAX_USERNAME_LENGTH = 255

/**
 * Why a sign-in has failed, in the words of the System Log. `VERIFICATION_ERROR`: there is no such user, or the user may not sign
 * in (unconfirmed for a user who is suspended, deactivated or not activated yet).
 */
type SignInFailure = 'INVALID_CREDENTIALS' | 'LOCKED_OUT' | 'VERIFICATION_ERROR'

/** Writes into the System Log that a sign-in has failed: with the user as the actor, or the username if there is no such user. */
export function announceFailedSignIn (kernel: Kernel, { user, username }: { user: User | undefined, username: string }, reason: SignInFailure): void {
  const actor = user
    ? userActor(user)
    : { id: 'unknown', type: 'User' as const, alternateId: username.slice(0, MAX_USERNAME_LENGTH), displayName: 'unknown' }
  kernel.log.within({ actor }, () => {
    kernel.log.announceOutcome('user.session.start', { result: 'FAILURE', reason }, ...(user ? [userTarget(user)] : []))
  })
}
