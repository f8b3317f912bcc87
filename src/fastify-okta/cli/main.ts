#!/usr/bin/env node
import { runCommandLine } from './command-line.js'
import { Terminal } from './terminal.js'

const args = process.argv.slice(2)

// The reader may have gone, as `head` does after its lines.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { process.exit(error.code === 'EPIPE' ? 0 : 1) })

// No exit() here: the output must reach a pipe whole.
process.exitCode = await runCommandLine(args, new Terminal({ isJson: args.includes('--json'), isDebug: args.includes('--debug') }))
