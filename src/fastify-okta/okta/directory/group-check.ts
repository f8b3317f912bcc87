import type { Directory } from './directory.js'

/** A group that a route asks for although nobody can be found to be in it. */
export interface MissingGroup {
  readonly name: string
  /** The name of a group that differs in letter case only; `null` if there is none. */
  readonly differsInCase: string | null
  /** The id of an imported group of this name, which matches by its id only; `null` if there is none. */
  readonly importedId: string | null
}

interface GroupCheckOptions {
  readonly directory: Pick<Directory, 'findGroups'>
  /** Called when a group is found missing; again only if it existed in between. */
  readonly onMissing: (missing: MissingGroup) => void
  /** Called when a group could not be looked up. */
  readonly onFailure?: (error: unknown) => void
}

/** A refusal that comes later than this after the last lookup starts another. */
const REFRESH_AFTER_MS = 60_000

/**
 * Knows which of the groups that routes ask for do not exist in the directory.
 *
 * Does NOT decide about requests: a group that is missing has no members, and one that could not be looked up counts as
 * existing. Asks Okta at the start, and then at most once a minute, and only while requests are refused.
 */
export class GroupCheck {
  readonly #options: GroupCheckOptions
  /** Every name that was added, and whether the last lookup found no such group. */
  readonly #isMissing = new Map<string, boolean>()
  #startedAt = -Infinity
  #underWay: Promise<void> | undefined

  constructor (options: GroupCheckOptions) {
    this.#options = options
  }

  /** Adds names or ids of groups to look up. Does NOT look them up. */
  add (names: readonly string[]): void {
    for (const name of names) if (!this.#isMissing.has(name)) this.#isMissing.set(name, false)
  }

  /** Looks up all groups. Does not reject: what cannot be looked up stays as it was. */
  async run (): Promise<void> {
    this.#underWay ??= this.#lookupAll().finally(() => { this.#underWay = undefined })
    await this.#underWay
  }

  /**
   * Whether the last lookup found no such group; `false` if it is not known. Answers from memory. For requests that are being
   * refused: if the last lookup is older than a minute, it starts another in the background.
   */
  isMissing (name: string): boolean {
    if (performance.now() - this.#startedAt > REFRESH_AFTER_MS) this.run().catch(() => {})
    return this.#isMissing.get(name) ?? false
  }

  async #lookupAll (): Promise<void> {
    this.#startedAt = performance.now()
    await Promise.all([...this.#isMissing.keys()].map(async name => { await this.#lookUp(name) }))
  }

  async #lookUp (name: string): Promise<void> {
    const { directory, onMissing, onFailure } = this.#options
    try {
      const missing = await findMissing(name, directory)
      const wasMissing = this.#isMissing.get(name)
      this.#isMissing.set(name, missing !== null)
      if (missing !== null && wasMissing !== true) onMissing(missing)
    } catch (error) {
      onFailure?.(error)
    }
  }
}

/** `null` if the group exists: one made in Okta of exactly this name, or any with this id. */
async function findMissing (name: string, directory: Pick<Directory, 'findGroups'>): Promise<MissingGroup | null> {
  const groups = await directory.findGroups(name)
  const matchable = groups.filter(group => group.type === 'OKTA_GROUP')
  if (groups.some(({ id }) => id === name) || matchable.some(group => group.name === name)) return null
  return {
    name,
    differsInCase: matchable.find(group => group.name.toLowerCase() === name.toLowerCase())?.name ?? null,
    importedId: groups.find(group => group.type === 'APP_GROUP' && group.name === name)?.id ?? null
  }
}

/** What is wrong and what to do about it, in one sentence for the log. */
export function describeMissingGroup ({ name, differsInCase, importedId }: MissingGroup): string {
  const beginning = `the group "${name}" does not exist in the directory, so nobody is in it`
  if (differsInCase !== null) return `${beginning}: there is "${differsInCase}", and letter case counts`
  if (importedId !== null) return `${beginning}: there is an imported group of this name, which matches by its id only: ${importedId}`
  return `${beginning}: create it, or name another`
}
