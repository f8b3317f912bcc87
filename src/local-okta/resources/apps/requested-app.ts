import type { ApiRequest } from '../../kernel/route.js'
import type { Application } from './application.js'
import type { Applications } from './store.js'

/** The app that a path names as `{appId}`. @throws {OktaApiError} 404 E0000007 */
export function appOf ({ apps }: { readonly apps: Applications }, { params }: Pick<ApiRequest, 'params'>): Application {
  return apps.get(params['appId'] ?? '')
}
