import type { DirectoryOptions, DirectorySettings, IntrospectionOptions, IntrospectionSettings, IssuerOptions, IssuerSettings } from '../options.js'
import { readClientCredentials, readDirectoryCredentials } from './credentials.js'
import { assertKnownGroupOptions, assertKnownIssuerOptions } from './option-names.js'
import { assertNoIssue, findIssuerIssue, findOrgUrlIssue, findUrlIssue } from './urls.js'
import { assertObject, integer, isObject, MAX_ENTRIES, MAX_TIMEOUT_MS, stringArray } from './values.js'

/**
 * @param options one issuer of `issuers`
 * @param at what stands before the names of its options, such as `issuers[1].`
 * @throws {TypeError}
 */
export function readListedIssuer (options: IssuerOptions, at: string): IssuerSettings {
  assertObject(at.slice(0, -1), options)
  assertKnownIssuerOptions(at, options)
  return readIssuer(options, at)
}

/** @throws {TypeError} */
export function readIssuer (options: IssuerOptions, at = ''): IssuerSettings {
  const { issuer, audience, clientIds, jwksUri, introspection, directory } = options
  const allowsOrgServer = introspection !== undefined
  const issue = findIssuerIssue(issuer, { allowsOrgServer })
  assertNoIssue(`${at}issuer`, issue, issue?.startsWith('is the org server') === true ? ', or use introspection' : '')
  if (jwksUri !== undefined) assertNoIssue(`${at}jwksUri`, findUrlIssue(jwksUri))
  const { origin, pathname } = new URL(issuer)
  return Object.freeze({
    issuer,
    audiences: stringArray(`${at}audience`, typeof audience === 'string' ? [audience] : audience),
    clientIds: clientIds === undefined ? undefined : stringArray(`${at}clientIds`, clientIds),
    jwksUri: jwksUri ?? `${issuer}/v1/keys`,
    introspection: introspection === undefined ? null : readIntrospection(`${at}introspection`, introspection, pathname === '/' ? `${issuer}/oauth2` : issuer),
    directory: directory === undefined ? null : readDirectory(`${at}directory`, directory, origin)
  })
}

function readIntrospection (option: string, options: IntrospectionOptions, base: string): IntrospectionSettings {
  assertObject(option, options)
  assertKnownGroupOptions(option, 'introspection', options)
  const { endpoint = `${base}/v1/introspect` } = options
  assertNoIssue(`${option}.endpoint`, findUrlIssue(endpoint))
  return Object.freeze({
    endpoint,
    credentials: readClientCredentials(option, options as Readonly<Record<string, unknown>>),
    cacheTtlMs: integer(`${option}.cacheTtlMs`, options.cacheTtlMs, 30_000, { min: 0 }),
    timeoutMs: integer(`${option}.timeoutMs`, options.timeoutMs, 2000, { max: MAX_TIMEOUT_MS }),
    maxConcurrent: integer(`${option}.maxConcurrent`, options.maxConcurrent, 64)
  })
}

function readDirectory (option: string, options: DirectoryOptions, issuerOrigin: string): DirectorySettings {
  assertObject(option, options)
  assertKnownGroupOptions(option, 'directory', options)
  const { orgUrl = issuerOrigin, profileAttributes } = options
  assertNoIssue(`${option}.orgUrl`, findOrgUrlIssue(orgUrl))
  const settings = {
    orgUrl: new URL(orgUrl).origin,
    credentials: readDirectoryCredentials(option, options as Readonly<Record<string, unknown>>),
    profileAttributes: profileAttributes === undefined ? [] : stringArray(`${option}.profileAttributes`, profileAttributes),
    userCacheTtlMs: integer(`${option}.userCacheTtlMs`, options.userCacheTtlMs, 60_000, { min: 0 }),
    userCacheCeilingMs: integer(`${option}.userCacheCeilingMs`, options.userCacheCeilingMs, 3_600_000, { min: 0 }),
    timeoutMs: integer(`${option}.timeoutMs`, options.timeoutMs, 2000, { max: MAX_TIMEOUT_MS }),
    cooldownMs: integer(`${option}.cooldownMs`, options.cooldownMs, 1000, { min: 0 }),
    maxCachedUsers: integer(`${option}.maxCachedUsers`, options.maxCachedUsers, 50_000, { max: MAX_ENTRIES }),
    maxCachedBytes: integer(`${option}.maxCachedBytes`, options.maxCachedBytes, 128 * 1024 * 1024),
    ...readSharedCache(option, options),
    ...readOnRefused(option, options)
  }
  if (settings.userCacheCeilingMs < settings.userCacheTtlMs) {
    throw new TypeError(`${option}.userCacheCeilingMs must be at least ${option}.userCacheTtlMs`)
  }
  return Object.freeze(settings)
}

function readOnRefused (option: string, { onRefused }: DirectoryOptions): Pick<DirectorySettings, 'onRefused'> {
  if (onRefused === undefined) return {}
  if (typeof onRefused !== 'function') throw new TypeError(`${option}.onRefused must be a function`)
  return { onRefused }
}

function readSharedCache (option: string, { sharedCache }: DirectoryOptions): Pick<DirectorySettings, 'sharedCache'> {
  if (sharedCache === undefined) return {}
  const methods = ['read', 'write', 'invalidate', 'subscribe'] as const
  if (!isObject(sharedCache) || methods.some(method => typeof sharedCache[method] !== 'function')) {
    throw new TypeError(`${option}.sharedCache must have the methods ${methods.slice(0, -1).join(', ')} and ${methods.at(-1)}`)
  }
  return { sharedCache }
}
