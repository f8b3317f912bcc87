import type { Kernel } from '../../kernel/kernel.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { userActor } from '../../resources/users/events.js'
import { isSamePassword } from '../../resources/users/password.js'
import { Users } from '../../resources/users/store.js'
import type { User, UserStatus } from '../../resources/users/user.js'

/** Accounts in another status are not locked by wrong passwords. */
const CAN_BE_LOCKED: readonly UserStatus[] = ['ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY']

/** What a password is. `LOCKED_OUT`: the account is locked, and its policy lets a sign-in say so. */
type PasswordCheck = 'RIGHT' | 'WRONG' | 'LOCKED_OUT'

/** Compares a password with the user's. Wrong ones in a row lock the account, as its password policy says. */
export function checkPassword (kernel: Kernel, user: User, password: string): PasswordCheck {
  const { maxAttempts, autoUnlockMs, showsLockout } = kernel.store(PasswordPolicies).of(user)
  const lockedOut = showsLockout ? 'LOCKED_OUT' : 'WRONG'
  if (user.status === 'LOCKED_OUT') return lockedOut
  const users = kernel.store(Users)
  const isRight = isSamePassword(user, password)
  if (isRight || !CAN_BE_LOCKED.includes(user.status)) {
    users.setWrongPasswords(user, 0)
    return isRight ? 'RIGHT' : 'WRONG'
  }
  const wrongPasswords = (user.wrongPasswords ?? 0) + 1
  const counted = users.setWrongPasswords(user, wrongPasswords)
  if (maxAttempts === 0 || wrongPasswords < maxAttempts) return 'WRONG'
  const unlocksAt = autoUnlockMs === 0 ? undefined : kernel.clock.now() + autoUnlockMs
  kernel.log.within({ actor: userActor(user) }, () => { users.setStatus(counted, 'LOCKED_OUT', { unlocksAt }) })
  return lockedOut
}
