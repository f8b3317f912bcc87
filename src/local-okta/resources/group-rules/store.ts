import { invalid, notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import { OktaExpressionError, parseOktaExpression } from '../../kernel/okta-expression.js'
import type { Evaluate, ExpressionScope } from '../../kernel/okta-expression.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import { SYSTEM_ACTOR } from '../../kernel/system-log.js'
import type { EventTarget } from '../../kernel/system-log.js'
import type { Group } from '../groups/group.js'
import { Groups } from '../groups/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'

/** A rule that adds users to groups by what their profile says. */
export interface GroupRule extends Entity {
  readonly name: string
  /** `INVALID`: a group that it adds users to has been deleted. It adds nobody until it is replaced and activated. */
  readonly status: 'ACTIVE' | 'INACTIVE' | 'INVALID'
  /** In Okta's expression language. */
  readonly expression: string
  readonly excludedUserIds: readonly string[]
  /** The groups that it adds users to. */
  readonly groupIds: readonly string[]
}

export type NewGroupRule = Pick<GroupRule, 'name' | 'expression' | 'excludedUserIds' | 'groupIds'>

/** What changes whether a rule is true of a user. */
const TRIGGERS = /^(user\.(lifecycle\.|account\.update_profile)|group\.user_membership\.)/
/** Rules that set each other off end after so many rounds for one user. */
const MAX_ROUNDS = 10

/**
 * The group rules. An active one adds users when it is activated, and whenever a user or a membership changes. At Okta that
 * takes a while; here it is done at once. Does NOT remove users of whom a rule is true no longer, if somebody else added
 * them before: which memberships rules made is remembered. A user who is removed by hand is excluded from the rules that
 * would add that user again.
 */
export class GroupRules extends Store<GroupRule> {
  readonly #users: Users
  readonly #groups: Groups
  /** `{rule}:{group}:{user}` of each membership that a rule made. */
  readonly #made = new Set<string>()
  #isRunning = false

  constructor (kernel: Kernel) {
    super(kernel)
    this.#users = kernel.store(Users)
    this.#groups = kernel.store(Groups)
    this.#users.onDelete(({ id }) => {
      this.#dropMade((membership) => membership.endsWith(`:${id}`))
      for (const rule of this.all()) {
        if (rule.excludedUserIds.includes(id)) this.changeQuietly(rule.id, { excludedUserIds: rule.excludedUserIds.filter((excluded) => excluded !== id) })
      }
    })
    this.#groups.onDelete(({ id }) => {
      this.#dropMade((membership) => membership.includes(`:${id}:`))
      for (const { id: ruleId, groupIds } of this.all()) {
        if (groupIds.includes(id)) this.change(ruleId, { groupIds: groupIds.filter((groupId) => groupId !== id), status: 'INVALID' })
      }
    })
    kernel.log.subscribe(({ eventType, targets }) => {
      if (this.#isRunning || !TRIGGERS.test(eventType)) return
      const users = targets.flatMap(({ id }) => this.#users.findById(id) ?? [])
      if (eventType === 'group.user_membership.remove') this.#exclude(users, targets.map(({ id }) => id))
      this.#run(users)
    })
  }

  override save (): unknown {
    return { rules: this.all(), made: [...this.#made] }
  }

  override load (saved: unknown): void {
    const { rules, made } = saved as { rules: GroupRule[], made: string[] }
    super.load(rules)
    for (const membership of made) this.#made.add(membership)
  }

  override clear (): void {
    super.clear()
    this.#made.clear()
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (id: string): GroupRule {
    const rule = this.findById(id)
    if (!rule) throw notFound(id, 'GroupRule')
    return rule
  }

  /** Adds a rule, which is inactive. */
  create (rule: NewGroupRule): GroupRule {
    return this.#announce('create', this.insert({ id: createId('0pr'), status: 'INACTIVE', ...rule }))
  }

  /** Replaces a rule that is not active; it is inactive then. */
  replace ({ id }: GroupRule, rule: NewGroupRule): GroupRule {
    return this.#announce('update', this.change(id, { ...rule, status: 'INACTIVE' }))
  }

  /** @throws {OktaApiError} 400 E0000001 for a rule that is invalid */
  setStatus (rule: GroupRule, status: 'ACTIVE' | 'INACTIVE'): GroupRule {
    if (rule.status === status) return rule
    if (rule.status === 'INVALID') throw invalid('status', 'The rule is invalid: a group of it has been deleted. Replace it first.')
    const changed = this.#announce(status === 'ACTIVE' ? 'activate' : 'deactivate', this.change(rule.id, { status }))
    this.#run(this.#users.all())
    return changed
  }

  /** Deletes a rule, and with `removeUsers` the memberships that it made. */
  delete (rule: GroupRule, { removeUsers }: { removeUsers: boolean }): void {
    this.remove(rule.id)
    this.#announce('delete', rule)
    const made = this.#dropMade((membership) => membership.startsWith(`${rule.id}:`))
    if (!removeUsers) return
    const users = made.flatMap((membership) => this.#users.findById(membership.split(':')[2] ?? '') ?? [])
    this.#asSystem(() => {
      for (const membership of made) {
        const [, groupId = '', userId = ''] = membership.split(':')
        const group = this.#groups.findById(groupId)
        if (group) this.#groups.removeUser(group, userId)
      }
    })
    this.#run(users)
  }

  #dropMade (matches: (membership: string) => boolean): string[] {
    const made = [...this.#made].filter(matches)
    for (const membership of made) this.#made.delete(membership)
    return made
  }

  #announce (verb: 'create' | 'update' | 'delete' | 'activate' | 'deactivate', rule: GroupRule): GroupRule {
    this.kernel.log.announce(`group.rule.${verb}`, targetOf(rule))
    return rule
  }

  // only of the users that a change is about: a rule asks nothing of the others
  #run (users: readonly User[]): void {
    const rules = this.all().filter(({ status }) => status === 'ACTIVE').map((rule) => ({ rule, evaluate: parseOktaExpression(rule.expression) }))
    if (rules.length === 0) return
    this.#asSystem(() => { for (const user of users) this.#runFor(user, rules) })
  }

  // what rules do themselves does not set them off
  #asSystem (change: () => void): void {
    this.#isRunning = true
    try {
      this.kernel.log.within({ actor: SYSTEM_ACTOR }, change)
    } finally {
      this.#isRunning = false
    }
  }

  // from the rules that made the membership, and from those that would make it now
  #exclude (users: readonly User[], targetIds: readonly string[]): void {
    for (const user of users) {
      for (const rule of this.all()) {
        const groupId = rule.groupIds.find((id) => targetIds.includes(id))
        if (groupId === undefined) continue
        const wasMade = this.#made.delete(`${rule.id}:${groupId}:${user.id}`)
        const wouldAdd = rule.status === 'ACTIVE' && this.#isTrueOf(user, rule, parseOktaExpression(rule.expression))
        if (!wasMade && !wouldAdd) continue
        this.change(rule.id, { excludedUserIds: [...rule.excludedUserIds, user.id] })
        this.kernel.log.announce('group.user_membership.rule.add_exclusion', userTarget(user), targetOf(rule))
      }
    }
  }

  #isTrueOf (user: User, { excludedUserIds }: GroupRule, evaluate: Evaluate): boolean {
    return !excludedUserIds.includes(user.id) && user.status !== 'DEPROVISIONED' && isTrue(() => evaluate(this.#scopeOf(user)))
  }

  // a membership that a rule makes may make another rule true
  #runFor (user: User, rules: ReadonlyArray<{ readonly rule: GroupRule, readonly evaluate: Evaluate }>): void {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      let hasChanged = false
      for (const { rule, evaluate } of rules) {
        const isMember = this.#isTrueOf(user, rule, evaluate)
        for (const groupId of rule.groupIds) hasChanged = this.#apply(rule, groupId, user, isMember) || hasChanged
      }
      if (!hasChanged) return
    }
  }

  // true if it has added or removed the user
  #apply ({ id }: GroupRule, groupId: string, user: User, isMember: boolean): boolean {
    const group = this.#groups.findById(groupId)
    const membership = `${id}:${groupId}:${user.id}`
    if (!group) return false
    if (isMember && !this.#groups.has(group, user.id)) {
      this.#made.add(membership)
      this.#groups.addUser(group, user.id)
      return true
    }
    if (!isMember && this.#made.delete(membership)) {
      this.#groups.removeUser(group, user.id)
      return true
    }
    return false
  }

  #scopeOf (user: User): ExpressionScope {
    // most rules ask for attributes only
    const groups = (): Group[] => this.#groups.ofUser(user.id)
    const isNamed = (test: (name: string) => boolean): boolean => groups().some(({ profile }) => test(profile.name))
    return {
      read: (path) => readUser(user, path),
      functions: {
        isMemberOfGroup: (id) => groups().some((group) => group.id === id),
        isMemberOfAnyGroup: (...ids) => groups().some((group) => ids.includes(group.id)),
        isMemberOfGroupName: (name) => isNamed((known) => known === name),
        isMemberOfGroupNameStartsWith: (name) => isNamed((known) => known.startsWith(String(name))),
        isMemberOfGroupNameContains: (name) => isNamed((known) => known.includes(String(name)))
      }
    }
  }
}

function targetOf ({ id, name }: GroupRule): EventTarget {
  return { id, type: 'GroupRule', alternateId: 'unknown', displayName: name }
}

function readUser ({ profile }: User, path: string): unknown {
  const [root, name = '', ...rest] = path.split('.')
  return root === 'user' && rest.length === 0 && Object.hasOwn(profile, name) ? profile[name] : null
}

// an expression that cannot be evaluated is true of nobody
function isTrue (evaluate: () => unknown): boolean {
  try {
    return evaluate() === true
  } catch (error) {
    if (error instanceof OktaExpressionError) return false
    throw error
  }
}
