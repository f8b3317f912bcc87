import { answerCalls } from '../processes/answer-calls.js'
import { TokenFile } from '../tokens/token-file.js'
import { saturate, sendAtRate, type Latencies, type LoadOptions, type Throughput } from './load.js'
import { TokenStreams, type NextToken, type Traffic } from './traffic.js'

/** Which tokens the requests of a load carry: a kind of traffic, or these in turn. */
export interface Load extends LoadOptions {
  readonly traffic: Traffic | readonly string[]
}

const [file, count] = process.argv.slice(2) as [string, string]
const tokens = new TokenFile(file, Number(count))
/** By the server's port: one that has seen a token must not see it again as a new one. */
const streams = new Map<number, TokenStreams>()

function streamFor ({ port, traffic }: Load): NextToken {
  if (typeof traffic !== 'string') {
    let n = 0
    return () => traffic[n++ % traffic.length] as string
  }
  let ofServer = streams.get(port)
  if (ofServer === undefined) streams.set(port, ofServer = new TokenStreams(tokens))
  return ofServer.stream(traffic)
}

answerCalls({
  saturate: async (load: Load): Promise<Throughput> => await saturate(load, streamFor(load)),
  sendAtRate: async (load: Load & { rate: number }): Promise<Latencies> => await sendAtRate(load, streamFor(load)),
  /** Valid requests at a fixed rate, and a flood beside them. */
  flood: async ({ valid, flood }: { valid: Load & { rate: number }, flood: Load & { rate: number } }): Promise<Latencies> => {
    const [latencies] = await Promise.all([sendAtRate(valid, streamFor(valid)), sendAtRate(flood, streamFor(flood))])
    return latencies
  }
})
