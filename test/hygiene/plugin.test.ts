import t from 'tap'
import { assemble, drive } from './play.js'
import { Secrets, textOf, textOfError } from './secrets.js'
import { buildHost, impatient, impatientDirectory } from './stage.js'

t.test('the search finds a piece of nine characters, and none of eight', async t => {
  const secrets = new Secrets()
  secrets.add('a secret', 'abcdefghijklmnop')
  t.match(secrets.findIn('x cdefghijk x'), /^a secret/)
  t.equal(secrets.findIn('x cdefghij x'), undefined)
  t.match(secrets.findIn(Buffer.from('abcdefghijklmnop').toString('base64')), /^a secret/, 'encoded as well')
  t.match(secrets.findIn(textOfError(new Error('x', { cause: { request: { headers: { a: 'abcdefghijk' } } } }))), /^a secret/, 'deep in an error as well')
  t.match(secrets.findIn(textOf({ headers: { 'www-authenticate': ['abcdefghijk'] }, body: '', statusCode: 401 } as never)), /^a secret/, 'in a header as well')
})

t.test('a host with the plugin lets no piece of a secret out: in no answer, no error and no line of the log', async t => {
  const cast = await assemble(t)
  const { issuer, audience, apiToken: token } = cast.okta
  const stage = await buildHost(t, cast.secrets, { ...impatient, issuer, audience, directory: { token, ...impatientDirectory } })
  await drive(t, cast, stage, headers => [{ url: '/strong', headers }])
  t.ok(stage.log.length > 500, `${stage.log.length} lines were looked through`)
})
