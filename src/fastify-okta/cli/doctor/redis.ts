import type { RedisAddress, RedisNode } from '../../options/redis-url.js'
import { networkErrorCode } from '../../oauth/network.js'
import { NotRedis, RedisRefusal, sendToRedis, type RedisReply } from './redis-commands.js'

/** What came of an attempt to use Redis, and with which server. */
export interface RedisAnswer {
  readonly kind: 'ok' | 'refused' | 'unreachable' | 'not_redis' | 'not_sentinel' | 'unknown_primary' | 'not_cluster' | 'cluster_down'
  /** Host and port. */
  readonly server: string
  /** Of `refused` and `unreachable`. */
  readonly code: string
}

/** Tries what the service needs: one server, the primary that a Sentinel names, or a node of a Cluster. Does not throw. */
export async function tryRedis (address: RedisAddress): Promise<RedisAnswer> {
  switch (address.kind) {
    case 'server': return await firstReached(address.nodes, async (node) => await tryServer(node, address))
    case 'sentinel': return await firstReached(address.nodes, async (node) => await trySentinel(node, address))
    case 'cluster': return await firstReached(address.nodes, async (node) => await tryClusterNode(node, address))
  }
}

/** The answer of the first node that can be reached; of the last one if none can. */
async function firstReached ([node, ...others]: readonly RedisNode[], attempt: (node: RedisNode) => Promise<RedisAnswer>): Promise<RedisAnswer> {
  const answer = await attempt(node as RedisNode)
  return answer.kind === 'unreachable' && others.length > 0 ? await firstReached(others, attempt) : answer
}

async function tryServer (node: RedisNode, address: RedisAddress): Promise<RedisAnswer> {
  return await ask(node, address, ['PING'], (reply) => reply === 'PONG' ? 'ok' : 'not_redis')
}

async function tryClusterNode (node: RedisNode, address: RedisAddress): Promise<RedisAnswer> {
  return await ask(node, address, ['CLUSTER', 'INFO'], (reply) => {
    // `ERR This instance has cluster support disabled`
    if (reply instanceof RedisRefusal) return reply.code === 'ERR' ? 'not_cluster' : 'refused'
    return typeof reply === 'string' && reply.includes('cluster_state:ok') ? 'ok' : 'cluster_down'
  })
}

/** Sentinels are used without a password. */
async function trySentinel (node: RedisNode, address: RedisAddress): Promise<RedisAnswer> {
  let primary: RedisNode | undefined
  const answer = await ask(node, { isTls: address.isTls }, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', address.primary], (reply) => {
    // `ERR unknown command 'SENTINEL'`
    if (reply instanceof RedisRefusal) return reply.code === 'ERR' ? 'not_sentinel' : 'refused'
    if (!Array.isArray(reply)) return 'unknown_primary'
    primary = { host: String(reply[0]), port: Number(reply[1]) }
    return 'ok'
  })
  return primary === undefined ? answer : await tryServer(primary, address)
}

async function ask (node: RedisNode, { isTls, username, password }: Pick<RedisAddress, 'isTls' | 'username' | 'password'>, command: readonly string[], judge: (reply: RedisReply) => RedisAnswer['kind']): Promise<RedisAnswer> {
  const server = `${node.host.includes(':') ? `[${node.host}]` : node.host}:${node.port}`
  const login = password === undefined ? [] : [['AUTH', ...(username === undefined ? [] : [username]), password]]
  try {
    const replies = await sendToRedis(node, isTls, [...login, command])
    const reply = replies.at(-1) ?? null
    const refusal = replies.find((each) => each instanceof RedisRefusal)
    const isLoginRefused = refusal !== undefined && (refusal !== reply || command[0] === 'PING')
    return { kind: isLoginRefused ? 'refused' : judge(reply), server, code: refusal?.code ?? '' }
  } catch (error) {
    if (error instanceof NotRedis) return { kind: 'not_redis', server, code: '' }
    return { kind: 'unreachable', server, code: networkErrorCode(error) ?? 'no answer in time' }
  }
}
