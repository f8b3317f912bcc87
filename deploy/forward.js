// Forwards a port of all interfaces to a port of the loopback: `node deploy/forward.js 4001 4000`.
// The local Okta listens on the loopback only, also inside a container, where published ports do not lead.
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

const [from, to] = process.argv.slice(2).map(Number)

const server = createServer(outside => {
  const inside = connect(to, '127.0.0.1')
  // each end that goes away takes the other with it; a refused connection is one of them
  pipeline(outside, inside, outside, () => {})
})
server.listen(from)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit())
