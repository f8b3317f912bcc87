#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  console.error('local-okta is not built yet: run "npm ci && npm run build" in its repository.')
  process.exitCode = 1
}
