import type { OktaRequirement } from 'fastify-okta'

/**
 * The requirements of a route's guards; none if the route needs no authentication.
 *
 * Does NOT see hooks that were added to the instance, or that call a guard by hand: mount a guard on its route to document
 * it.
 *
 * @param onRequest as in the options of the route: a hook, an array of them, or undefined
 */
export function requirementsOf (onRequest: unknown): readonly OktaRequirement[] {
  return [onRequest].flat().flatMap(hook => isOfOkta(hook) ? hook.requirement : [])
}

function isOfOkta (hook: unknown): hook is { requirement: OktaRequirement } {
  return typeof hook === 'function' && 'requirement' in hook
}

/** Sentences for the description of a route. */
export function describeRequirement ({ groups, scopes, acr, maxAgeSeconds }: OktaRequirement): readonly string[] {
  return [
    ...(groups.length === 0 ? [] : [`For members of ${groups.length === 1 ? 'the group' : 'one of the groups'} ${quote(groups)}.`]),
    ...(scopes.length === 0 ? [] : [`The access token must have the ${scopes.length === 1 ? 'scope' : 'scopes'} ${quote(scopes)}.`]),
    ...(acr === undefined ? [] : [`The user must have signed in with \`${acr}\` or stronger.`]),
    ...(maxAgeSeconds === undefined ? [] : [`The user must have signed in within the last ${maxAgeSeconds} seconds.`])
  ]
}

function quote (names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(', ')
}
