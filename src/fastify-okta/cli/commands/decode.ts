import { defineCommand } from '../command.js'
import { EXIT } from '../exit.js'
import type { Terminal } from '../terminal.js'
import type { Report } from '../decode/report.js'

export default defineCommand({
  summary: 'Decodes a token and lists why this service would reject it.',
  usage: '[options] [TOKEN | -]',
  description: `
The token is read from the standard input or the terminal, or is the argument, which the shell's history keeps. A whole
Authorization header or token response is fine too.

Nothing leaves this machine, so no key is fetched: the signature is verified with --jwks only. Until then the member "accepted"
of --json is null. Exit code 1: there is a reason to reject it.

  fastify-okta token | fastify-okta decode
  fastify-okta decode --issuer https://dev-1.okta.com/oauth2/default --audience api://default`,
  options: {
    issuer: { type: 'string', value: 'URL', help: 'The expected issuer. Default: OKTA_OAUTH2_ISSUER, or the local Okta.' },
    audience: { type: 'string', value: 'AUDIENCE', help: 'The expected audience. Default: OKTA_OAUTH2_AUDIENCE, or api://default.' },
    jwks: { type: 'string', value: 'FILE', help: 'Verify the signature with the keys in this file, a JWK Set, such as the response of the issuer\'s /v1/keys.' }
  },
  maxPositionals: 1,
  async run ({ options: { issuer, audience, jwks }, positionals: [token], terminal }) {
    const [{ readConfiguredIssuer }, { readExpectations }] = await Promise.all([import('../configuration.js'), import('../decode/expectations.js')])
    const expectations = readExpectations(readConfiguredIssuer({ issuer, audience }), process.env['OKTA_DPOP'])
    const report = await examine(await readToken(token, terminal), jwks, expectations)

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

async function examine (token: string, jwks: string | undefined, expectations: Report['expectations']): Promise<Report> {
  const [{ checkToken, parseToken }, { inspectSignature, verifySignature }] = await Promise.all([import('../decode/findings.js'), import('../decode/signature.js')])
  const nowSeconds = Date.now() / 1000
  const parsed = parseToken(token, expectations)
  if ('reason' in parsed) return { parsed: null, signature: 'not verified', findings: [parsed], expectations, nowSeconds }
  const { signature, findings } = jwks === undefined ? inspectSignature(parsed) : await verifySignature(token, parsed, jwks)
  return { parsed, signature, findings: [...checkToken(parsed, expectations, nowSeconds), ...findings], expectations, nowSeconds }
}
