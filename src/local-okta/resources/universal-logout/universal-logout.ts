import { Deliveries } from '../../kernel/deliveries.js'
import type { Kernel } from '../../kernel/kernel.js'
import { appTarget } from '../apps/events.js'
import { Applications } from '../apps/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { createLogoutRequest } from './logout-message.js'
import type { LogoutMessage } from './logout-message.js'

const EVENT_TYPE = 'user.authentication.universal_logout'

/** Signs users out everywhere: of the org, and of each active app that has a Universal Logout endpoint. */
export class UniversalLogout {
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Ends every session and token of a user, and starts the Universal Logout of the apps. Does NOT wait for them. */
  signOut (user: User): void {
    this.#kernel.store(Users).clearSessions(user, { oauthTokens: true })
    for (const app of this.#kernel.store(Applications).all()) {
      const { universalLogout: endpoint, status } = app
      if (endpoint && status === 'ACTIVE') this.#send({ app, endpoint, user })
    }
  }

  /** The same, when an administrator does it by hand. */
  signOutByHand (user: User): void {
    this.#kernel.log.announce('user.authentication.universal_logout.scheduled', userTarget(user))
    this.signOut(user)
  }

  #send (message: LogoutMessage): void {
    const { app, user } = message
    this.#kernel.store(Deliveries).send({
      kind: 'universal-logout',
      receiverId: app.id,
      eventTypes: [EVENT_TYPE],
      isRenewed: true,
      createRequest: async (isWronglySigned) => createLogoutRequest(this.#kernel, message, isWronglySigned),
      onResult: ({ result }) => {
        const outcome = result === 'delivered' ? { result: 'SUCCESS', reason: null } as const : { result: 'FAILURE', reason: 'LOGOUT_FAILED' } as const
        this.#kernel.log.announceOutcome(EVENT_TYPE, outcome, userTarget(user), appTarget(app))
      }
    })
  }
}
