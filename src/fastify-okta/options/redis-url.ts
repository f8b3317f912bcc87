/** One server of those that a URL names. */
export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** What `REDIS_URL` says. */
export interface RedisAddress {
  /** One server; Sentinels, which know the primary; or nodes of a Cluster, which know the others. */
  readonly kind: 'server' | 'sentinel' | 'cluster'
  readonly nodes: readonly RedisNode[]
  /** Of the servers, not of Sentinels: these are used without a password. */
  readonly username?: string
  readonly password?: string
  /** Whether all connections use TLS. */
  readonly isTls: boolean
  /** The name under which Sentinels know the primary. Empty unless the kind is `sentinel`. */
  readonly primary: string
  /** The number of the database. A Cluster has only 0. */
  readonly database: number
}

const KINDS = { '': 'server', '-sentinel': 'sentinel', '-cluster': 'cluster' } as const
const DEFAULT_PORTS = { server: 6379, sentinel: 26_379, cluster: 6379 } as const
/** Scheme, credentials, hosts, path: a URL with several hosts is not one of the WHATWG's, so `URL` cannot read it. */
const FORM = /^redis(s?)(-sentinel|-cluster|):\/\/(?:([^@/?#]*)@)?([^@/?#]+)((?:\/[^/?#]*){0,2})$/
const FORMS = 'must be redis://host:6379, redis-sentinel://host:26379,host:26379/name-of-the-primary, or redis-cluster://host:6379,host:6379 (rediss for TLS): no query, and special characters in a name or password percent-encoded'
const PATHS = {
  server: /^(?:\/(?<database>\d{0,5}))?$/,
  sentinel: /^\/(?<primary>[\w.-]{1,200})(?:\/(?<database>\d{1,5}))?$/,
  cluster: /^\/?$/
} as const

/**
 * Reads one of these forms; with `rediss` in place of `redis` they mean TLS. Characters with a meaning in a URL are
 * percent-encoded in the name and the password.
 *
 * - `redis://user:password@host:6379/0`: one server
 * - `redis-sentinel://user:password@host:26379,host:26379/mymaster/0`: Sentinels, and their name of the primary
 * - `redis-cluster://user:password@host:6379,host:6379`: nodes of a Cluster
 *
 * @returns `null` if it is none of them. There is no query: it would be options of ioredis, which the service sets.
 */
export function parseRedisUrl (url: string): RedisAddress | null {
  const [isForm, tls, suffix = '', credentials = '', hosts = '', path = ''] = FORM.exec(url) ?? []
  if (isForm === undefined) return null
  const kind = KINDS[suffix as keyof typeof KINDS]
  const nodes = hosts.split(',').map((host) => parseNode(host, DEFAULT_PORTS[kind]))
  const names = PATHS[kind].exec(path)?.groups
  const login = parseCredentials(credentials)
  if (!PATHS[kind].test(path) || login === null || !nodes.every((node) => node !== null) || (kind === 'server' && nodes.length > 1)) return null
  return { kind, nodes, ...login, isTls: tls === 's', primary: names?.['primary'] ?? '', database: Number(names?.['database'] ?? 0) }
}

/** What is wrong with it, in words that follow the name of the setting; `null` if nothing is. */
export function findRedisUrlIssue (url: string): string | null {
  return parseRedisUrl(url) === null ? FORMS : null
}

/** The hosts of a valid URL, for the log: without the credentials. */
export function hostsOfRedisUrl (url: string): string {
  return parseRedisUrl(url)?.nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',') ?? ''
}

function parseNode (host: string, defaultPort: number): RedisNode | null {
  if (!URL.canParse(`redis://${host}`)) return null
  const { hostname, port, pathname } = new URL(`redis://${host}`)
  if (hostname === '' || pathname !== '') return null
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) }
}

/** Redis knows a password without a name, but no name without a password. */
function parseCredentials (credentials: string): Pick<RedisAddress, 'username' | 'password'> | null {
  const [, name = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(credentials) ?? []
  try {
    return {
      ...(name === '' ? {} : { username: decodeURIComponent(name) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) })
    }
  } catch {
    return null
  }
}
