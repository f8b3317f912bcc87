import type { Issuer } from './access-token/issuer.js'

/** Something that keeps the plugin from deciding about tokens now. */
export interface ReadinessProblem {
  readonly part: 'keys' | 'directory'
  readonly issuer: string
  /** Of `keys`: what came of the last fetch, as "could not be reached" or "answered 404". Of `directory`: the reason of a DirectoryProblem. */
  readonly reason: string
  /** The status with which Okta refused a call of the directory's. */
  readonly status?: number
  /** The code with which Okta refused a call of the directory's, such as `E0000011`. */
  readonly errorCode?: string
}

/** Whether the plugin could decide about a token now. */
export interface Readiness {
  /** Whether every issuer's keys are in memory; also `true` for issuers whose tokens are introspected. */
  readonly keys: boolean
  /** Whether every directory answers; `true` if there is none. */
  readonly directory: boolean
  /** Empty if it is ready. */
  readonly problems: readonly ReadinessProblem[]
}

/** Looks at all issuers side by side. Does not reject. */
export async function readReadiness (issuers: readonly Issuer[]): Promise<Readiness> {
  const problems = (await Promise.all(issuers.map(findProblems))).flat()
  return {
    keys: !problems.some(({ part }) => part === 'keys'),
    directory: !problems.some(({ part }) => part === 'directory'),
    problems
  }
}

async function findProblems ({ policy: { issuer }, verification, directory }: Issuer): Promise<ReadinessProblem[]> {
  const [hasKeys, problem] = await Promise.all([
    'keys' in verification ? verification.keys.isReady() : true,
    directory === null ? null : directory.findProblem()
  ])
  const keys: ReadinessProblem[] = hasKeys || !('keys' in verification)
    ? []
    : [{ part: 'keys', issuer, reason: verification.keys.failure ?? 'are not fetched yet' }]
  return problem === null ? keys : [...keys, { part: 'directory', issuer, ...problem }]
}
