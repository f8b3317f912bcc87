import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'

/** The repository: tests run in it. */
export const ROOT = process.cwd()

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, without the settings of whoever runs the tests. */
export async function run (program: string, parameters: readonly string[], { cwd = ROOT, env = {} }: { cwd?: string, env?: Record<string, string> } = {}): Promise<Outcome> {
  const child = spawn(program, parameters, { cwd, env: { ...foreignEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => { written[stream] += text })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { exitCode, ...written }
}

/** What is a setting of the service's, of npm's (which tells its children of the package it runs in) or of tap's coverage stays here. */
export function foreignEnvironment (): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) =>
    !/^(?:OKTA_|GREETING_|LOCAL_OKTA_|PUBLIC_URL$|HOST$|PORT$|NODE_ENV$|NODE_OPTIONS$|npm_(?:package|lifecycle)_)/.test(name)))
}

/** An empty folder outside of the repository, gone when the test ends. */
export function temporaryFolder (t: Pick<Test, 'teardown'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fastify-okta-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

/** A program that a development dependency brings. */
export function binary (name: string): string {
  return resolve(ROOT, 'node_modules/.bin', name)
}
