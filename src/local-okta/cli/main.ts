#!/usr/bin/env node
import { runCommand } from './command.js'

// The reader may have gone, as `head` does after its lines.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { process.exit(error.code === 'EPIPE' ? 0 : 1) })

const environment = process.env

// No exit() here: the output must reach a pipe whole, and the org goes on running.
process.exitCode = await runCommand(process.argv.slice(2), { environment, stdout: process.stdout, stderr: process.stderr })
