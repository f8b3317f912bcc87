import { DirectoryFailure } from '../../../okta/directory/directory-failure.js'
import { describeAnswer } from '../../management-api.js'
import { CannotCheck, fail, ok, warn, type Check, type DoctorContext } from '../check.js'

const READS = [['users', '/users?limit=1', 'okta.users.read'], ['groups', '/groups?limit=1', 'okta.groups.read']] as const
const MANAGE = 'okta.users.manage'

export const directoryRights: Check = {
  id: 'directory.rights',
  why: 'The service reads users and their groups at Okta, and changes profiles for PATCH /me.',
  needs: ['directory.token'],
  async run (context) {
    const { settings: { credentials } } = context
    const refused: string[] = []
    for (const [what, path, scope] of READS) {
      const answer = await findRefusal(path, context)
      if (answer !== undefined) refused.push(`${what} (${answer}; ${scope})`)
    }
    const isServiceApp = credentials !== undefined && 'scopes' in credentials
    if (refused.length > 0) {
      return fail(`Okta does not let the service read ${refused.join(' and ')}`, isServiceApp
        ? 'Admin Console: Applications > (app) > Okta API Scopes > Grant; name them in OKTA_CLIENT_SCOPES; and give the app an administrator role'
        : 'create the API token as an administrator who may read users and groups (Security > Administrators > Roles)')
    }
    if (isServiceApp && !credentials.scopes.includes(MANAGE)) {
      return warn(`users and groups can be read; OKTA_CLIENT_SCOPES has no ${MANAGE}, so PATCH /me fails`, `grant ${MANAGE} to the app, and add it to OKTA_CLIENT_SCOPES, if profiles are to be changed`)
    }
    return ok(isServiceApp ? 'users and groups can be read' : 'users and groups can be read; whether profiles can be changed is not tried')
  }
}

async function findRefusal (path: string, { org }: DoctorContext): Promise<string | undefined> {
  try {
    await org.try(path)
    return undefined
  } catch (error) {
    if (!(error instanceof DirectoryFailure)) throw error
    if (error.reason !== 'refused') throw new CannotCheck(`Okta's API did not answer (${describeAnswer(error)})`)
    return describeAnswer(error)
  }
}
