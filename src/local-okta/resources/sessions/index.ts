import { routesOn } from '../../kernel/route.js'
import type { Resource } from '../resource.js'
import { Sessions } from './store.js'
import { toSessionView } from './view.js'

const SESSION = '/sessions/{sessionId}'

const { route } = routesOn({ sessions: Sessions })

/** Sessions by their ids. Those of the caller's cookie, and how they begin, are endpoints of the authorization servers. */
export const sessions: Resource = {
  stores: [Sessions],
  routes: [
    route({
      method: 'GET',
      path: SESSION,
      scope: 'okta.sessions.read',
      answer: ({ sessions, orgUrl }, { params }) => toSessionView(orgUrl, sessions.get(params['sessionId'] ?? ''))
    }),
    route({
      method: 'DELETE',
      path: SESSION,
      scope: 'okta.sessions.manage',
      status: 204,
      answer: ({ sessions }, { params }) => { sessions.end(sessions.get(params['sessionId'] ?? '')) }
    }),
    route({
      method: 'POST',
      path: `${SESSION}/lifecycle/refresh`,
      scope: 'okta.sessions.manage',
      answer: ({ sessions, orgUrl }, { params }) => toSessionView(orgUrl, sessions.refresh(params['sessionId'] ?? ''))
    })
  ],
  eventTypes: {}
}
