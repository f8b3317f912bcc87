// Writes docs/options.md from the doc comments of the sources; with --check says whether it is up to date, and writes nothing.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Application, LogLevel, ReflectionKind } from 'typedoc'

const ROOT = resolve(import.meta.dirname, '..')
const MAX_TYPE_LENGTH = 80
const PAGE = resolve(import.meta.dirname, 'options.md')

/** The chapters of the page: a title, what the reader does with it, and the types that it shows. */
const CHAPTERS = [
  ['The plugin', '`app.register(fastifyOkta, options)`: the options of one issuer, or `issuers`, an array of them, and beside either those that all share. A wrong one stops the start with a `TypeError` that names it.', [
    ['src/fastify-okta/options.ts', 'IssuerOptions', 'One issuer'],
    ['src/fastify-okta/options.ts', 'DirectoryOptions', '`directory`'],
    ['src/fastify-okta/options.ts', 'IntrospectionOptions', '`introspection`'],
    ['src/fastify-okta/options.ts', 'SharedOptions', 'Shared by all issuers'],
    ['src/fastify-okta/options.ts', 'DpopOptions', '`dpop`'],
    ['src/fastify-okta/options.ts', 'RevocationOptions', '`revocation`'],
    ['src/fastify-okta/options/messages.ts', 'EventHookOptions', '`eventHook`'],
    ['src/fastify-okta/options/messages.ts', 'UniversalLogoutOptions', '`universalLogout`'],
    ['src/fastify-okta/options/messages.ts', 'SecurityEventsOptions', '`securityEvents`'],
    ['src/fastify-okta/options/messages.ts', 'SystemLogOptions', '`systemLog`'],
    ['src/fastify-okta/recorder.ts', 'Recorder', '`recorder`']
  ]],
  ['The guards', '`app.okta.requireAuthentication(requirement)`. The others take names of groups or scopes.', [
    ['src/fastify-okta/guards/require-authentication.ts', 'AuthenticationRequirement', '`requirement`']
  ]],
  ['The local Okta', '`startLocalOkta(options)`, from `local-okta`, for development and tests.', [
    ['src/local-okta/options.ts', 'LocalOktaOptions', '`startLocalOkta()`'],
    ['src/local-okta/oauth/mint-options.ts', 'MintOptions', '`okta.mintAccessToken()`'],
    ['src/local-okta/kernel/faults.ts', 'Fault', '`okta.faults.add()`']
  ]]
]

const page = render(await readSources())
if (process.argv.includes('--check')) {
  if (await readFile(PAGE, 'utf8').catch(() => '') !== page) {
    console.error('docs/options.md is out of date: npm run docs')
    process.exitCode = 1
  }
} else {
  await writeFile(PAGE, page)
}

async function readSources () {
  const files = [...CHAPTERS.flatMap(([, , types]) => types.map(([file]) => file)), 'src/fastify-okta/okta/directory/users-api.ts', 'src/fastify-okta/oauth/client-authentication.ts']
  const app = await Application.bootstrap({
    entryPoints: [...new Set(files)].map(file => resolve(ROOT, file)),
    tsconfig: resolve(ROOT, 'docs/tsconfig.json'),
    logLevel: LogLevel.Error,
    // whether they compile is for the compiler to say
    skipErrorChecking: true,
    disableSources: true,
    sort: ['source-order']
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('typedoc cannot read the sources')
  return project
}

function render (project) {
  const lines = ['# Options', '', 'Made from the comments in the sources by `npm run docs`: change it there.', '']
  for (const [title, introduction, types] of CHAPTERS) {
    lines.push(`## ${title}`, '', introduction, '')
    for (const [, name, heading] of types) lines.push(`### ${heading}`, '', ...section(project, find(project, name)), '')
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function find (project, name) {
  const [found] = project.getReflectionsByKind(ReflectionKind.Interface | ReflectionKind.TypeAlias).filter(type => type.name === name)
  if (found === undefined) throw new Error(`${name} is not in the sources any more: see CHAPTERS`)
  return found
}

function section (project, type) {
  const comment = text(type.comment)
  return [...(comment === '' ? [] : [comment, '']), ...tables(project, type).flatMap(table => [...table, '']).slice(0, -1)]
}

/** A table for each group of options; where it is one group or another, each is a table of its own. */
function tables (project, type) {
  if (type.children !== undefined) return [table(type.children)]
  return tablesOf(project, type.type)
}

function tablesOf (project, type) {
  switch (type.type) {
    case 'intersection': return type.types.flatMap(part => tablesOf(project, part))
    case 'union': return type.types.flatMap((part, index) => [[index === 0 ? 'Either:' : 'or:'], ...tablesOf(project, part)])
      .concat([['and, whichever it is:']])
    case 'reflection': return [table(type.declaration.children ?? [])]
    case 'reference': return tables(project, type.reflection ?? find(project, type.name))
    default: throw new Error(`a kind of type that has no table: ${type.type}`)
  }
}

function table (properties) {
  return [
    '| option | type | default | |',
    '| --- | --- | --- | --- |',
    ...properties.map(row)
  ]
}

function row (property) {
  const { name, flags: { isOptional }, signatures: [method] = [] } = property
  const { said, byDefault } = apart(text((method ?? property).comment))
  const type = method === undefined ? typeText(property.type) : `\`(${method.parameters.map(({ name }) => name).join(', ')})\``
  const cells = [`\`${name}\``, type, isOptional ? byDefault : '**required**', said]
  return `| ${cells.map(cell => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')).join(' | ')} |`
}

/** Nothing for a type of Fastify's own, which fills half a page: its comment says what it is. */
function typeText (type) {
  const written = type.toString().replace('<ArrayBufferLike>', '')
  return written.length > MAX_TYPE_LENGTH
    ? ''
    : `\`${written.replaceAll('"', "'").replace(/^readonly (\w+)\[\]$/, '$1[]').replace(/ \| undefined$/, '')}\``
}

/** Takes the sentence on the default out of a comment, since it has a column of its own. */
function apart (comment) {
  const sentence = /\s*\bDefault:? (.+?)(?:\.(?=\s|$)|$)/.exec(comment)
  if (sentence === null) return { said: comment, byDefault: '' }
  const [whole, byDefault] = sentence
  return {
    said: (comment.slice(0, sentence.index) + comment.slice(sentence.index + whole.length)).trim(),
    byDefault: byDefault.replace(/^(\d+(?: MiB)?|true|false)\b/, '`$1`')
  }
}

function text (comment) {
  const summary = comment?.summary.map(part => part.text).join('') ?? ''
  return summary.split(/\n{2,}/).map(paragraph => paragraph.replaceAll('\n', ' ')).join('\n\n').trim()
}
