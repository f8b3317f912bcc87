import { dirname, relative, resolve, sep } from 'node:path'
import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

const SOURCES = resolve(import.meta.dirname, 'src')

/**
 * Which room of src/ may import which. A room is a folder or a file directly in src/; its own files are
 * always allowed. What is under `types` may be imported with `import type` only, what is under `lazily` with
 * `import()` or `import type`. Where `packages` is left out, any package will do.
 */
const ROOMS = {
  errors: { imports: [] },
  recorder: { imports: [], types: ['errors', 'okta'], packages: [] },
  'tick-class': { imports: [], packages: [] },
  oauth: { imports: ['errors'], packages: ['jose', 'lru-cache', 'undici'] },
  okta: { imports: ['errors', 'oauth'] },
  guards: { imports: ['errors', 'oauth', 'okta'], types: ['augmentation', 'recorder'] },
  options: { imports: ['errors', 'recorder'], types: ['oauth', 'okta'] },
  augmentation: { imports: [], types: ['guards', 'oauth', 'okta', 'options', 'plugin'] },
  issuers: { imports: ['oauth', 'okta'], types: ['options', 'recorder'] },
  plugin: { imports: ['augmentation', 'errors', 'guards', 'issuers', 'oauth', 'okta', 'options', 'recorder', 'tick-class'] },
  index: { imports: ['augmentation', 'errors', 'guards', 'oauth', 'okta', 'options', 'plugin', 'recorder'] },
  // runs in browsers, and reaches the service over HTTP only
  browser: { imports: [], packages: ['esbuild', 'oauth4webapi'] },
  service: { imports: ['index'], lazily: ['local-okta'] },
  cli: { imports: ['errors', 'index', 'oauth', 'okta', 'options', 'service'], lazily: ['local-okta'] },
  // shares no code with what it stands in for, so as not to share its mistakes
  'local-okta': { imports: [] }
}

/**
 * Holds the table above. The core rule `no-restricted-imports` cannot: it does not see `import()`, and it
 * matches the text of a path, in which `../index.js` means one file here and another a folder deeper.
 */
const importDirection = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      unknown: 'src/{{room}} is not in the table of rooms: say in eslint.config.js what it may import',
      direction: '{{room}} may not import {{imported}}',
      typesOnly: '{{room}} may import {{imported}} with `import type` only',
      lazily: '{{room}} may import {{imported}} with `import()` or `import type` only',
      packages: '{{room}} may not import the package {{imported}}'
    }
  },
  create (context) {
    const room = roomOf(context.filename)
    const allowed = ROOMS[room]

    function faultOf (specifier, manner) {
      if (!allowed) return 'unknown'
      const imported = importedRoom(context.filename, specifier)
      if (imported === null) return isPackageAllowed(allowed, specifier) ? null : 'packages'
      if (imported === room || allowed.imports.includes(imported)) return null
      if (allowed.types?.includes(imported)) return manner === 'type' ? null : 'typesOnly'
      if (allowed.lazily?.includes(imported)) return manner === 'static' ? 'lazily' : null
      return 'direction'
    }

    function check (node, source, manner) {
      if (typeof source?.value !== 'string') return
      const messageId = faultOf(source.value, manner)
      if (messageId === null) return
      const imported = importedRoom(context.filename, source.value) ?? source.value
      context.report({ node, messageId, data: { room, imported } })
    }

    return {
      ImportDeclaration: node => check(node, node.source, isTypeOnly(node, node.importKind) ? 'type' : 'static'),
      ExportNamedDeclaration: node => check(node, node.source, isTypeOnly(node, node.exportKind) ? 'type' : 'static'),
      ExportAllDeclaration: node => check(node, node.source, node.exportKind === 'type' ? 'type' : 'static'),
      ImportExpression: node => check(node, node.source, 'lazy'),
      TSImportType: node => check(node, node.source ?? node.argument?.literal, 'type')
    }
  }
}

function roomOf (file) {
  return relative(SOURCES, file).split(sep)[0].replace(/\.[jt]s$/, '')
}

/** The room that a relative path leads to, or null for a package. */
function importedRoom (file, specifier) {
  return specifier.startsWith('.') ? roomOf(resolve(dirname(file), specifier)) : null
}

function isPackageAllowed ({ packages }, specifier) {
  return !packages || specifier.startsWith('node:') ||
    packages.some(name => specifier === name || specifier.startsWith(`${name}/`))
}

/** `import { type A }` counts as `import type`; `import './a.js'` does not. */
function isTypeOnly (node, kind) {
  const kinds = node.specifiers.map(specifier => specifier.importKind ?? specifier.exportKind)
  return kind === 'type' || (kinds.length > 0 && kinds.every(each => each === 'type'))
}

/** @type {import('eslint').Linter.Config[]} */
export default [
  ...neostandard({ ts: true, noJsx: true, ignores: resolveIgnoresFromGitignore() }),
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }]
    }
  },
  {
    files: ['src/**', 'test/**'],
    ignores: ['src/local-okta/tokens/signing-keys.ts', 'test/fixtures/key-pair.ts'],
    rules: {
      'no-restricted-imports': ['error', {
        paths: [{
          name: 'node:crypto',
          importNames: ['generateKeyPair', 'generateKeyPairSync'],
          message: 'In Node 20 a key that is exported right after its making may wait for ever: see the files that may import this'
        }]
      }]
    }
  },
  {
    files: ['src/**'],
    plugins: { rooms: { rules: { 'import-direction': importDirection } } },
    rules: { 'rooms/import-direction': 'error' }
  },
  {
    files: ['src/**'],
    // the proxy variables are the one thing that the plugin reads of the environment
    ignores: ['src/service/config.ts', 'src/cli/**', 'src/oauth/network.ts'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: 'MemberExpression[object.name="process"][property.name="env"]',
        message: 'Settings come in as options: only service/config.ts reads the environment'
      }]
    }
  },
  {
    files: ['src/index.ts'],
    rules: {
      // replaces the block above for this file, which forbids all that it forbids
      'no-restricted-syntax': ['error', {
        selector: 'Program > :not(ExportNamedDeclaration[source], ExportAllDeclaration, ImportDeclaration[specifiers.length=0])',
        message: 'index.ts re-exports only'
      }]
    }
  }
]
