import type { Issuer } from './access-token/issuer.js'
import type { LastMessage } from './events/received-message.js'

/** Something that keeps the plugin from deciding about tokens now. */
export interface ReadinessProblem {
  readonly part: 'keys' | 'directory' | 'revocations'
  readonly issuer: string
  /** Of `keys`: what came of the last fetch, as "could not be reached" or "answered 404". Of `directory`: the reason of a DirectoryAccess. Of `revocations`: `unread`, in the first seconds only. */
  readonly reason: string
  /** The status with which Okta refused a call of the directory's. */
  readonly status?: number | undefined
  /** The code with which Okta refused a call of the directory's, such as `E0000011`. */
  readonly errorCode?: string | undefined
  /** The code of the network error of a call of the directory's, such as `ECONNREFUSED`. */
  readonly code?: string | undefined
}

/** Whether the plugin could decide about a token now. */
export interface Readiness {
  /** Whether every issuer's keys are in memory; also `true` for issuers whose tokens are introspected. */
  readonly keys: boolean
  /** Whether every directory answers; `true` if there is none. */
  readonly directory: boolean
  /** Empty if it is ready. */
  readonly problems: readonly ReadinessProblem[]
  /** The ways in which Okta tells of sign-outs and changes that are on, each with the age of its last message in this process. */
  readonly messages: readonly LastMessage[]
}

/** Looks at all issuers side by side. Does not reject. */
export async function readReadiness (issuers: readonly Issuer[], messages: readonly LastMessage[]): Promise<Readiness> {
  const problems = (await Promise.all(issuers.map(findProblems))).flat()
  return {
    keys: !problems.some(({ part }) => part === 'keys'),
    directory: !problems.some(({ part }) => part === 'directory'),
    problems,
    messages
  }
}

async function findProblems ({ policy: { issuer }, verification, directory, revocations }: Issuer): Promise<ReadinessProblem[]> {
  const [hasKeys, access] = await Promise.all([
    'keys' in verification ? verification.keys.isReady() : true,
    directory === null ? { isReady: true as const } : directory.checkAccess()
  ])
  const problems: ReadinessProblem[] = []
  if (!hasKeys && 'keys' in verification) problems.push({ part: 'keys', issuer, reason: verification.keys.failure ?? 'are not fetched yet' })
  if (!access.isReady) problems.push({ part: 'directory', issuer, reason: access.reason, status: access.status, errorCode: access.errorCode, code: access.code })
  if (!revocations.isReady()) problems.push({ part: 'revocations', issuer, reason: 'unread' })
  return problems
}
