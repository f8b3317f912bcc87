import { defineCommand } from '../command.js'
import { EXIT } from '../exit.js'
import type { Terminal } from '../terminal.js'
import type { Report } from '../decode/report.js'

export default defineCommand({
  summary: 'Explains a token claim by claim, and says what is wrong with it here.',
  usage: '[options] [TOKEN | -]',
  description: `
The token comes from the standard input, or is asked for, or stands as the argument, where the shell's history keeps it. A
whole Authorization header or token response will do. What is wrong with it is what the service would refuse it for.

Nothing leaves this machine, so no key is fetched: the signature is verified only with --jwks. Exit code 1: something is wrong.

  fastify-okta token | fastify-okta decode
  fastify-okta decode --issuer https://dev-1.okta.com/oauth2/default --audience api://default`,
  options: {
    issuer: { type: 'string', value: 'URL', help: 'Who must have issued it. Default: OKTA_OAUTH2_ISSUER, or the local Okta.' },
    audience: { type: 'string', value: 'AUDIENCE', help: 'What it must be meant for. Default: OKTA_OAUTH2_AUDIENCE, or api://default.' },
    jwks: { type: 'string', value: 'FILE', help: 'Verify the signature with the keys in this file, a JWK Set, as the issuer\'s /v1/keys answers it.' }
  },
  maxOperands: 1,
  async run ({ options: { issuer, audience, jwks }, operands: [operand], terminal }) {
    const [{ readConfiguredIssuer }, { readExpectations }] = await Promise.all([import('../configuration.js'), import('../decode/expectations.js')])
    const expectations = readExpectations(readConfiguredIssuer({ issuer, audience }), process.env['OKTA_DPOP'])
    const report = await examine(await readToken(operand, terminal), jwks, expectations)

    const { describeReport, reportFacts } = await import('../decode/report.js')
    terminal.result(describeReport(report, terminal), reportFacts(report))
    return report.findings.length === 0 ? EXIT.ok : EXIT.failed
  }
})

async function readToken (operand: string | undefined, terminal: Terminal): Promise<string> {
  const [{ readSecret }, { findToken }] = await Promise.all([import('../standard-input.js'), import('../decode/token-text.js')])
  if (operand === undefined || operand === '-') return findToken(await readSecret({ question: 'Token: ' }))
  terminal.note('The token is an argument: it stays in the history of the shell, and ps shows it. Give it on the standard input instead.')
  return findToken(operand)
}

async function examine (token: string, jwks: string | undefined, expectations: Report['expectations']): Promise<Report> {
  const [{ findFaults, takeApart }, { NOT_VERIFIED, verifySignature }] = await Promise.all([import('../decode/findings.js'), import('../decode/signature.js')])
  const nowSeconds = Date.now() / 1000
  const taken = takeApart(token, expectations)
  if ('reason' in taken) return { taken: null, signature: 'not verified', findings: [taken], expectations, nowSeconds }
  const { signature, findings } = jwks === undefined ? NOT_VERIFIED : await verifySignature(token, taken, jwks)
  return { taken, signature, findings: [...findFaults(taken, expectations, nowSeconds), ...findings], expectations, nowSeconds }
}
