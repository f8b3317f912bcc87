import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'

export async function listen (app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}
