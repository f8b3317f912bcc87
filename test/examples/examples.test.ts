import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../package/build.js'
import { EXPECTED, testExamples } from './examples.js'

t.setTimeout(240_000)

/** The examples, outside of the repository, with the packages that they import by name. */
const folder = temporaryFolder(t)
cpSync('examples', join(folder, 'examples'), { recursive: true })
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))

testExamples(t, folder)

t.test('the README names every example, and no other', t => {
  const folders = readdirSync('examples', { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name)
  const named = [...readFileSync('examples/README.md', 'utf8').matchAll(/^\| \[`([\w-]+)\//gm)].map(([, name]) => name)

  t.same(named.sort(), folders.sort())
  t.same([...Object.keys(EXPECTED), 'testing'].sort(), folders)
  t.end()
})
