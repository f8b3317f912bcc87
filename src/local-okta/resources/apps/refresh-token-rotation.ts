import { invalid } from '../../kernel/errors.js'
import { readMember } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Application, ApplicationType } from './application.js'

const ROTATION_TYPES = ['ROTATE', 'STATIC'] as const
const DEFAULT_LEEWAY_SECONDS = 30
const MAX_LEEWAY_SECONDS = 60

/** What happens to a refresh token that is used: `refresh_token` among the settings of an app. */
interface RefreshTokenRotation {
  /** `ROTATE`: each use gives another one. */
  readonly type: typeof ROTATION_TYPES[number]
  /** How long a rotated one is still accepted after its first use, so that two tabs may refresh at once. */
  readonly leewaySeconds: number
}

/** The rotation of an app. Okta's defaults: single-page apps rotate, with 30 seconds of leeway, other apps keep theirs. */
export function refreshTokenRotationOf ({ record, applicationType }: Pick<Application, 'record' | 'applicationType'>): RefreshTokenRotation {
  return readRefreshTokenRotation(readMember(readMember(record, 'settings'), 'oauthClient'), applicationType)
}

/** Reads the setting. @throws {OktaApiError} 400 E0000001 for another type, or a leeway that is not 0 to 60 */
export function readRefreshTokenRotation (oauthClient: Json, applicationType: ApplicationType): RefreshTokenRotation {
  const setting = readMember(oauthClient, 'refresh_token')
  const named = setting['rotation_type'] ?? (applicationType === 'browser' ? 'ROTATE' : 'STATIC')
  const type = ROTATION_TYPES.find((known) => known === named)
  if (type === undefined) throw invalid('rotation_type', `must be one of ${ROTATION_TYPES.join(', ')}`)
  const leewaySeconds = setting['leeway'] ?? DEFAULT_LEEWAY_SECONDS
  if (typeof leewaySeconds !== 'number' || !Number.isInteger(leewaySeconds) || leewaySeconds < 0 || leewaySeconds > MAX_LEEWAY_SECONDS) {
    throw invalid('leeway', `must be an integer from 0 to ${MAX_LEEWAY_SECONDS}`)
  }
  return { type, leewaySeconds }
}
