import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** From `build/test/rfc/`, where this file runs, to the root of the project. */
const ROOT = new URL('../../../', import.meta.url)
const SOURCES = new URL('test/rfc/', ROOT)
export const DOCUMENT = new URL('docs/conformance.md', ROOT)
export const COMMAND = 'npm run docs'

const STANDARDS: Readonly<Record<string, string>> = {
  6750: 'Bearer Token Usage',
  7515: 'JSON Web Signature',
  7519: 'JSON Web Token',
  7662: 'Token Introspection',
  8725: 'JSON Web Token Best Current Practices',
  9068: 'JWT Profile for Access Tokens',
  9449: 'Demonstrating Proof of Possession (DPoP)',
  9470: 'Step-up Authentication Challenge',
  9728: 'Protected Resource Metadata'
}

/** A test whose title begins with the section that it holds us to. */
export interface ConformanceTest {
  readonly standard: string
  readonly section: string
  readonly sentence: string
  readonly file: string
}

/** Every test at the top level of a file. */
const TEST = /^t\.test\((.*)$/gm
const TITLED = /^'section (\d+(?:\.\d+)*): ((?:[^'\\]|\\')+)',/

/**
 * Reads the tests of the standards, in the order of standard, section and file.
 *
 * @throws {Error} a test has no title of that form: it would be missing in the document
 */
export function readConformanceTests (): ConformanceTest[] {
  const files = readdirSync(SOURCES).filter(file => /^\d+\.test\.ts$/.test(file)).sort()
  return files.flatMap(file => {
    const tests = [...readFileSync(new URL(file, SOURCES), 'utf8').matchAll(TEST)].map(([, rest = '']) => {
      const [, section, sentence] = TITLED.exec(rest) ?? []
      if (section === undefined || sentence === undefined) throw new Error(`test/rfc/${file}: a title must begin with its section: ${rest}`)
      return { standard: file.split('.')[0] as string, section, sentence: sentence.replaceAll("\\'", "'"), file: `test/rfc/${file}` }
    })
    return tests.sort((one, other) => bySection(one.section, other.section))
  })
}

/** How many test vectors of a file of Wycheproof there are. */
function countVectors (file: string): number {
  const { testGroups } = JSON.parse(readFileSync(new URL(`test/wycheproof/${file}`, ROOT), 'utf8')) as { testGroups: Array<{ tests: unknown[] }> }
  return testGroups.reduce((count, { tests }) => count + tests.length, 0)
}

/** The document, as it must be. */
export function writeConformance (tests: readonly ConformanceTest[]): string {
  const rows = tests.map(({ standard, section, sentence, file }) => `| RFC ${standard} | ${section} | ${sentence.replaceAll('|', '\\|')} | [${file}](../${file}) |`)
  const deviations = tests.filter(({ sentence }) => sentence.startsWith('deviation: '))
  const list = deviations.map(({ standard, section, sentence }) => `- RFC ${standard} section ${section}: ${sentence.replace('deviation: ', '')}.`)
  const counts = Object.entries(STANDARDS).map(([standard, title]) => `| RFC ${standard} | ${title} | ${tests.filter(test => test.standard === standard).length} |`)
  return `# Conformance

What the standards ask of a resource server, each as the sentence that a test is called. This page is made of the titles of
the tests in \`test/rfc/\`; after a change of them, \`${COMMAND}\` rewrites it, and a test fails until that is done.

| standard | title | tests |
| --- | --- | --- |
${counts.join('\n')}

## Wycheproof

The test vectors of [Wycheproof](../test/wycheproof/README.md) are run as well: ${countVectors('json_web_signature_test.json')} of JSON Web Signature and ${countVectors('json_web_key_test.json')} of
JSON Web Key. What each of them is held to is in
[wycheproof.test.ts](../test/wycheproof/wycheproof.test.ts).

## Deviations

If Okta's tokens, or caution, call for something else than the standard says:

${list.join('\n')}

## Sentences

| standard | section | sentence | test |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function bySection (one: string, other: string): number {
  const [a, b] = [one, other].map(section => section.split('.').map(Number)) as [number[], number[]]
  const i = a.findIndex((number, index) => number !== b[index])
  return i === -1 ? a.length - b.length : (a[i] as number) - (b[i] ?? -1)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(DOCUMENT, writeConformance(readConformanceTests()))
