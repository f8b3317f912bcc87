import { cpSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import tsd from 'tsd'
import { temporaryFolder } from '../build.js'

const COMPILED_SOURCES = fileURLToPath(new URL('../../../src', import.meta.url))
/** No more of others' declarations than ours need: tsd checks all that it reads. */
const COMPILER_OPTIONS = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2023'], types: ['node'] }
const SHEETS = readdirSync('test/package/types').filter(name => name.endsWith('.test-d.ts'))

// A compiler's work, which waits for its turn where other tests run.
t.setTimeout(180_000)

/**
 * The types are held against the declarations that the compiler made, as users of the package have them, by the compiler
 * that tsd brings, which is another than ours. Our own checks these files as well, against the sources.
 */
t.test('the types promise what they should, and nothing else', { timeout: 180_000 }, async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({
    name: 'fastify-okta', type: 'module', types: 'src/index.d.ts', files: ['src'], tsd: { compilerOptions: COMPILER_OPTIONS }
  }))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  symlinkSync(COMPILED_SOURCES, join(folder, 'src'))
  cpSync('test/package/types', join(folder, 'test/package/types'), { recursive: true, filter: name => !name.endsWith('.test.ts') })
  const diagnostics = await tsd.default({ cwd: folder, typingsFile: 'src/index.d.ts', testFiles: ['test/package/types/*.test-d.ts'] })

  t.ok(SHEETS.length > 0)
  // Others' declarations are theirs to mend.
  const ours = diagnostics.filter(({ fileName }) => !fileName.includes('node_modules'))
  t.same(ours.map(({ fileName, line, message }) => `${fileName}:${line} ${message}`), [])
})
