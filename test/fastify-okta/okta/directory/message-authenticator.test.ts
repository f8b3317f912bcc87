import t from 'tap'
import { MessageAuthenticator } from '#fastify-okta/okta/directory/message-authenticator.js'

const authenticator = new MessageAuthenticator('an API token')

t.test('a signed string is verified by holders of the same secret', async t => {
  for (const text of ['', 'text', '{"a":"ä\\n∀"}\n']) t.equal(new MessageAuthenticator('an API token').verify('purpose', authenticator.sign('purpose', text)), text)
})

t.test('a string that was signed with another secret, for another purpose, or changed, is refused', async t => {
  const signed = authenticator.sign('purpose', 'text')
  t.equal(new MessageAuthenticator('another token').verify('purpose', signed), undefined)
  t.equal(authenticator.verify('other', signed), undefined)
  const changed = [`${signed}s`, signed.slice(0, -1), signed.replace(' ', '  '), signed.replace(' ', '.'), ` ${signed}`, signed.slice(1), 'text', '', `ü${signed.slice(1)}`]
  for (const text of changed) t.equal(authenticator.verify('purpose', text), undefined, text)
})

t.test('a signed string contains nothing of the secret', async t => {
  t.notMatch(authenticator.sign('purpose', 'text'), /API|token/)
})
