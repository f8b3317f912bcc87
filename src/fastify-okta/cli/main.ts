#!/usr/bin/env node
import { runCommandLine } from './command-line.js'
import { Terminal } from './terminal.js'

const args = process.argv.slice(2)

// Whoever reads the output may have seen enough of it, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { process.exit(error.code === 'EPIPE' ? 0 : 1) })

// No exit() here: what is written must reach a pipe whole, and a server that was started goes on.
process.exitCode = await runCommandLine(args, new Terminal({ isJson: args.includes('--json'), isDebug: args.includes('--debug') }))
