import { dirname, relative, resolve, sep } from 'node:path'
import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'

const SOURCES = resolve(import.meta.dirname, 'src')

/**
 * Which layer of a package may import which. A layer is a folder or a file directly in the package's folder; its own
 * files are always allowed. What is under `types` may be imported with `import type` only. If `packages` is left out, any
 * package is allowed. Other packages of this repository are imported by name, so only what they export can be reached.
 */
const LAYERS = {
  'fastify-okta': {
    errors: { imports: [], packages: [] },
    recorder: { imports: [], types: ['errors', 'okta'], packages: ['fastify'] },
    'node20-next-tick': { imports: [], packages: [] },
    tracing: { imports: [], packages: [] },
    oauth: { imports: ['errors', 'tracing'], packages: ['jose', 'lru-cache', 'undici'] },
    okta: { imports: ['errors', 'oauth', 'tracing'], packages: ['@okta/jwt-verifier', '@okta/okta-sdk-nodejs', 'jose', 'lru-cache'] },
    guards: { imports: ['errors', 'oauth', 'okta', 'tracing'], types: ['augmentation', 'recorder'], packages: ['@fastify/jwt', 'fastify'] },
    options: { imports: ['errors', 'recorder'], types: ['oauth', 'okta'], packages: [] },
    // what Okta calls
    routes: { imports: ['errors', 'guards', 'oauth', 'okta'], types: ['options', 'recorder'], packages: ['fastify'] },
    messages: { imports: ['okta', 'routes'], types: ['options', 'recorder'] },
    augmentation: { imports: [], types: ['guards', 'oauth', 'okta', 'options', 'plugin'] },
    issuers: { imports: ['oauth', 'okta'], types: ['options', 'recorder'] },
    plugin: { imports: ['augmentation', 'errors', 'guards', 'issuers', 'messages', 'oauth', 'okta', 'options', 'recorder', 'node20-next-tick'] },
    index: { imports: ['augmentation', 'errors', 'guards', 'oauth', 'okta', 'options', 'plugin', 'recorder', 'tracing'] },
    cli: { imports: ['errors', 'oauth', 'okta', 'options'], packages: ['jose', 'local-okta', 'oauth4webapi'] },
    bin: { imports: [], packages: [] }
  },
  // stands in for Okta, and shares no code with the plugin, so as not to share its mistakes
  'local-okta': {
    kernel: { imports: [], packages: ['fastify'] },
    description: { imports: ['kernel'], packages: [] },
    seed: { imports: [], types: ['resources'], packages: ['jose'] },
    'seed-format': { imports: ['seed'], packages: [] },
    'seed-references': { imports: ['seed'], packages: [] },
    tokens: { imports: ['kernel'], types: ['resources'], packages: ['jose'] },
    resources: { imports: ['description', 'kernel', 'seed', 'tokens'], packages: ['jose'] },
    pages: { imports: [], packages: ['uqr'] },
    oauth: { imports: ['kernel', 'pages', 'resources', 'seed', 'tokens'], packages: ['fastify', 'jose', 'oidc-provider'] },
    console: { imports: ['kernel', 'oauth', 'pages', 'resources', 'seed', 'tokens'], types: ['control'], packages: ['fastify', 'jose'] },
    'host-check': { imports: [], packages: [] },
    control: { imports: ['kernel', 'resources'], types: ['tokens'], packages: [] },
    'control-routes': { imports: ['control', 'kernel'], packages: ['fastify'] },
    'listen-address': { imports: [], packages: [] },
    'api-authentication': { imports: ['kernel', 'oauth', 'resources', 'seed'], packages: ['fastify'] },
    cors: { imports: ['kernel', 'oauth', 'resources'], packages: [] },
    listener: { imports: ['console', 'cors', 'host-check', 'kernel', 'oauth'], packages: ['fastify'] },
    clients: { imports: ['resources', 'seed', 'tokens'], packages: ['jose'] },
    options: { imports: ['kernel', 'listen-address', 'oauth', 'seed', 'seed-format', 'seed-references', 'tokens'], packages: ['fastify', 'jose'] },
    app: { imports: ['console', 'control', 'control-routes', 'kernel', 'oauth', 'resources'], packages: ['fastify'] },
    listen: { imports: ['options'], packages: [] },
    org: { imports: ['kernel', 'oauth', 'resources', 'seed', 'tokens'], packages: [] },
    'local-okta': {
      imports: [
        'api-authentication', 'app', 'clients', 'control', 'kernel', 'listen', 'listen-address', 'listener', 'oauth', 'options', 'org', 'resources',
        'seed', 'tokens'
      ],
      packages: []
    },
    index: { imports: ['clients', 'control', 'kernel', 'local-okta', 'oauth', 'options', 'resources', 'seed', 'seed-format', 'tokens'], packages: [] },
    cli: { imports: ['index'], packages: ['json5'] },
    bin: { imports: [], packages: [] }
  },
  greeting: {
    // runs in browsers, and reaches the service over HTTP only
    browser: { imports: [], packages: ['esbuild', 'oauth4webapi'] },
    errors: { imports: [], packages: ['fastify-okta'] },
    'time-zone': { imports: [], packages: ['lru-cache'] },
    settings: { imports: ['time-zone'], packages: ['config', 'fastify-okta'] },
    log: { imports: [], types: ['settings'], packages: ['fastify', 'fastify-okta', 'pino-pretty'] },
    redis: { imports: [], packages: ['fastify', 'fastify-okta', 'ioredis'] },
    http: { imports: ['errors', 'log'], types: ['pages'], packages: ['fastify', 'fastify-okta'] },
    pages: { imports: ['http'], packages: ['fastify'] },
    routes: {
      imports: ['errors', 'http', 'pages', 'time-zone'],
      packages: ['@fastify/swagger', 'fastify', 'fastify-okta', 'openapi-types', 'prom-client']
    },
    telemetry: {
      imports: ['log'],
      packages: [
        '@fastify/otel', '@opentelemetry/api', '@opentelemetry/core', '@opentelemetry/exporter-trace-otlp-proto', '@opentelemetry/resources',
        '@opentelemetry/sdk-trace-base', 'fastify', 'fastify-okta'
      ]
    },
    app: {
      imports: ['http', 'log', 'pages', 'redis', 'routes', 'settings', 'telemetry'],
      packages: ['@fastify/accepts', 'fastify', 'fastify-okta']
    },
    start: { imports: ['routes', 'settings'], packages: ['@okta/okta-sdk-nodejs', 'fastify', 'fastify-okta', 'local-okta'] },
    'graceful-stop': { imports: [], packages: ['close-with-grace'] },
    server: { imports: ['app', 'graceful-stop', 'settings', 'start'], packages: ['fastify', 'local-okta'] }
  }
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
      unknown: '{{layer}} is not in the table of layers: say in eslint.config.js what it may import',
      foreign: 'import another package of this repository by its name',
      direction: '{{layer}} may not import {{imported}}',
      typesOnly: '{{layer}} may import {{imported}} with `import type` only',
      packages: '{{layer}} may not import the package {{imported}}'
    }
  },
  create (context) {
    const from = placeOf(context.filename)
    const allowed = LAYERS[from.package]?.[from.layer] ?? LAYERS[from.package]?.['*']

    function problemOf (specifier, isTypeOnly) {
      if (!allowed) return 'unknown'
      if (!specifier.startsWith('.')) return isPackageAllowed(allowed, specifier) ? null : 'packages'
      const to = placeOf(resolve(dirname(context.filename), specifier))
      if (to.package !== from.package) return 'foreign'
      if (to.layer === from.layer || allowed.imports.includes(to.layer)) return null
      if (allowed.imports.includes('*')) return LAYERS[from.package][to.layer] === undefined ? null : 'direction'
      if (allowed.types?.includes(to.layer)) return isTypeOnly ? null : 'typesOnly'
      return 'direction'
    }

    function check (node, source, isTypeOnly) {
      if (typeof source?.value !== 'string') return
      const messageId = problemOf(source.value, isTypeOnly)
      if (messageId !== null) context.report({ node, messageId, data: { layer: `${from.package}/${from.layer}`, imported: source.value } })
    }

    return {
      ImportDeclaration: node => check(node, node.source, isTypeOnly(node, node.importKind)),
      ExportNamedDeclaration: node => check(node, node.source, isTypeOnly(node, node.exportKind)),
      ExportAllDeclaration: node => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: node => check(node, node.source, false),
      TSImportType: node => check(node, node.source ?? node.argument?.literal, true)
    }
  }
}

/** The package and the layer that a file belongs to. */
function placeOf (file) {
  const [name, layer = ''] = relative(SOURCES, file).split(sep)
  return { package: name, layer: layer.replace(/\.[jt]s$/, '') }
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
    ignores: ['src/local-okta/tokens/signing-keys.ts', 'test/kit/key-pair.ts'],
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
    plugins: { layers: { rules: { 'import-direction': importDirection } } },
    rules: { 'layers/import-direction': 'error' }
  },
  {
    files: ['src/**'],
    // the proxy variables are all that the plugin reads from the environment
    ignores: ['src/fastify-okta/oauth/network.ts', 'src/greeting/settings/**', 'src/*/cli/**', 'src/*/bin/**', 'src/greeting/browser/**'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: 'MemberExpression[object.name="process"][property.name="env"]',
        message: 'Settings come in as options: only greeting/settings/ and the commands read the environment'
      }]
    }
  },
  {
    files: ['src/*/index.ts'],
    rules: {
      // replaces the block above for this file, which forbids all that it forbids
      'no-restricted-syntax': ['error', {
        selector: 'Program > :not(ExportNamedDeclaration[source], ExportAllDeclaration, ImportDeclaration[specifiers.length=0])',
        message: 'index.ts re-exports only'
      }]
    }
  }
]
