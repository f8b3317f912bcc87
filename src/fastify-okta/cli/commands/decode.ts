import { defineCommand } from '../command.js'
import { EXIT, UsageError } from '../exit.js'
import type { Terminal } from '../terminal.js'
import type { Report } from '../decode/report.js'
import type { SigningKeys } from '../decode/signature.js'

export default defineCommand({
  summary: 'Decodes a token and lists why this service would reject it.',
  usage: '[options] [TOKEN | -]',
  description: `
The token is read from the standard input or the terminal, or is the argument, which the shell's history keeps. A whole
Authorization header or token response is fine too.

The signature is verified with --verify, by the keys that the expected issuer publishes, or with --jwks. Until then the
member "accepted" of --json is null. The token never leaves this machine, and without --verify nothing does. Exit code 1:
there is a reason to reject it.

  fastify-okta token | fastify-okta decode
  fastify-okta decode --issuer https://dev-1.okta.com/oauth2/default --audience api://default`,
  options: {
    issuer: { type: 'string', value: 'URL', help: 'The expected issuer. Default: OKTA_OAUTH2_ISSUER, or the local Okta.' },
    audience: { type: 'string', value: 'AUDIENCE', help: 'The expected audience. Default: OKTA_OAUTH2_AUDIENCE, or api://default.' },
    verify: { type: 'boolean', help: 'Verify the signature with the keys that the expected issuer publishes.' },
    jwks: { type: 'string', value: 'FILE', help: 'Verify the signature with the keys in this file, a JWK Set, such as the response of the issuer\'s /v1/keys.' }
  },
  maxPositionals: 1,
  async run ({ options: { issuer, audience, verify, jwks }, positionals: [token], terminal }) {
    if (verify && jwks !== undefined) throw new UsageError('--verify and --jwks exclude each other: choose one')
    const [{ readConfiguredIssuer }, { readExpectations }] = await Promise.all([import('../configuration.js'), import('../decode/expectations.js')])
    const expectations = readExpectations(readConfiguredIssuer({ issuer, audience }), process.env['OKTA_DPOP'])
    const readKeys = await keyReader({ verify, jwks, issuer: expectations.policy.issuer })
    const report = await examine(await readToken(token, terminal), readKeys, expectations)

    const { describeReport, reportFacts } = await import('../decode/report.js')
    terminal.result(describeReport(report, terminal), reportFacts(report))
    return report.findings.length === 0 ? EXIT.ok : EXIT.failed
  }
})

async function readToken (argument: string | undefined, terminal: Terminal): Promise<string> {
  const [{ readSecret }, { findToken }] = await Promise.all([import('../standard-input.js'), import('../decode/token-text.js')])
  if (argument === undefined || argument === '-') return findToken(await readSecret({ question: 'Token: ' }))
  terminal.note('The token is an argument: it stays in the history of the shell, and ps shows it. Give it on the standard input instead.')
  return findToken(argument)
}

/** `undefined`: the signature is not verified. */
async function keyReader ({ verify, jwks, issuer }: { verify: boolean, jwks: string | undefined, issuer: string }): Promise<(() => Promise<SigningKeys>) | undefined> {
  const { fetchKeys, readKeyFile } = await import('../decode/signature.js')
  if (jwks !== undefined) return async () => await readKeyFile(jwks)
  return verify ? async () => await fetchKeys(issuer) : undefined
}

async function examine (token: string, readKeys: (() => Promise<SigningKeys>) | undefined, expectations: Report['expectations']): Promise<Report> {
  const [{ checkToken, parseToken }, { inspectSignature, verifySignature }] = await Promise.all([import('../decode/findings.js'), import('../decode/signature.js')])
  const nowSeconds = Date.now() / 1000
  const parsed = parseToken(token, expectations)
  if ('reason' in parsed) return { parsed: null, signature: 'not verified', findings: [parsed], expectations, nowSeconds }
  const { signature, findings } = readKeys === undefined ? inspectSignature(parsed) : await verifySignature(token, parsed, await readKeys())
  return { parsed, signature, findings: [...checkToken(parsed, expectations, nowSeconds), ...findings], expectations, nowSeconds }
}
