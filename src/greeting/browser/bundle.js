import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

// The files for browsers, in src/greeting/dist/browser/: a script and a style sheet for the pages, the same for the documentation, an icon.

const HERE = import.meta.dirname
const OUTPUT = join(HERE, '../dist/browser')
const LICENSE = readFileSync(new URL('../LICENSE.md', import.meta.resolve('oauth4webapi')), 'utf8').trim()

const { outputFiles } = await build({
  entryPoints: { page: join(HERE, 'main.ts'), style: join(HERE, 'style.css'), docs: join(HERE, 'docs.ts'), 'docs-style': join(HERE, 'docs.css'), icon: join(HERE, 'icon.svg') },
  outdir: OUTPUT,
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
  loader: { '.svg': 'copy' },
  banner: { js: `/*! With oauth4webapi.\n${LICENSE} */` },
  logLevel: 'warning'
})

mkdirSync(OUTPUT, { recursive: true })
for (const { path, contents } of outputFiles.filter(({ path }) => !path.endsWith('icon.js'))) {
  // renamed when it is complete: a service may be starting
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}
