import t from 'tap'
import { Seal } from '../../../src/okta/directory/seal.js'

const seal = new Seal('an API token')

t.test('what is sealed can be opened by those who have the secret', async t => {
  for (const text of ['', 'text', '{"a":"ä\\n∀"}\n']) t.equal(new Seal('an API token').open('purpose', seal.seal('purpose', text)), text)
})

t.test('with another secret, for another purpose, or changed, it cannot', async t => {
  const sealed = seal.seal('purpose', 'text')
  t.equal(new Seal('another token').open('purpose', sealed), undefined)
  t.equal(seal.open('other', sealed), undefined)
  const changed = [`${sealed}s`, sealed.slice(0, -1), sealed.replace(' ', '  '), sealed.replace(' ', '.'), ` ${sealed}`, sealed.slice(1), 'text', '', `ü${sealed.slice(1)}`]
  for (const text of changed) t.equal(seal.open('purpose', text), undefined, text)
})

t.test('nothing of the secret is in it', async t => {
  t.notMatch(seal.seal('purpose', 'text'), /API|token/)
})
