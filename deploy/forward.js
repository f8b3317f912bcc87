// Forwards a port of all interfaces to ports of the loopback, in turn: `node deploy/forward.js 4001 4000`, or
// `node deploy/forward.js 3000 3001 3002` for two replicas. A port that refuses the connection is left out.
//
// In a container, published ports do not reach the loopback, on which the local Okta listens.
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

const [from, ...targets] = process.argv.slice(2).map(Number)
let turn = 0

const server = createServer(outside => {
  // the client may disconnect before its connection is forwarded
  outside.on('error', () => {})
  forward(outside, targets.length)
})
server.listen(from)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit())

function forward (outside, tries) {
  const refuse = () => {
    if (tries > 1) forward(outside, tries - 1)
    else outside.destroy()
  }
  const inside = connect(targets[turn++ % targets.length], '127.0.0.1')
  inside.once('error', refuse)
  inside.once('connect', () => {
    inside.off('error', refuse)
    // when one end closes, the other is closed too
    pipeline(outside, inside, outside, () => {})
  })
}
