import t from 'tap'
import { PathTree } from '#local-okta/kernel/path-tree.js'

function treeOf (...templates: string[]): PathTree<string> {
  const tree = new PathTree<string>()
  for (const template of templates) tree.set(template, template)
  return tree
}

t.test('a path is found by its template, with the values of its parameters in order', async t => {
  const tree = treeOf('/users', '/users/{id}', '/groups/{groupId}/users/{userId}')
  t.strictSame(tree.find('/users'), { value: '/users', parameters: [] })
  t.strictSame(tree.find('/users/ada'), { value: '/users/{id}', parameters: ['ada'] })
  t.strictSame(tree.find('/groups/1/users/2'), { value: '/groups/{groupId}/users/{userId}', parameters: ['1', '2'] })
  for (const path of ['/', '', '/user', '/users/ada/x', '/Users', '//users', '/groups/1/users']) t.equal(tree.find(path), undefined, path)
})

t.test('a name goes before a parameter, unless what follows fits the parameter only', async t => {
  const tree = treeOf('/users/me', '/users/{id}', '/users/{id}/groups', '/users/me/roles')
  t.equal(tree.find('/users/me')?.value, '/users/me')
  t.equal(tree.find('/users/me/roles')?.value, '/users/me/roles')
  t.equal(tree.find('/users/me/groups')?.value, '/users/{id}/groups')
})

t.test('a value that is not accepted leaves the path to the next template', async t => {
  const tree = treeOf('/users/me', '/users/{id}')
  t.strictSame(tree.find('/users/me', (value) => value !== '/users/me'), { value: '/users/{id}', parameters: ['me'] })
  t.equal(tree.find('/users/me', () => false), undefined)
})

t.test('a URL may have an origin, a query and a fragment, and is percent-decoded part by part', async t => {
  const tree = treeOf('/users/{id}')
  const found = {
    'http://127.0.0.1:4000/users/ada': 'ada',
    '/users/ada?q=/x': 'ada',
    '/users/ada#/x': 'ada',
    '/%75sers/ada%40example.com': 'ada@example.com',
    '/users/a%2Fb': 'a/b',
    '/users/a%252Fb': 'a%2Fb',
    '/users/': ''
  }
  for (const [url, id] of Object.entries(found)) t.strictSame(tree.find(url)?.parameters, [id], url)
  for (const url of ['/users/%zz', '/users/%C3', `/users/${'a'.repeat(301)}`]) t.equal(tree.find(url), undefined, url)
})

t.test('a template is set once, whatever its parameters are called, and reading one that is not there adds nothing', async t => {
  const tree = treeOf('/users/{id}')
  t.equal(tree.get('/users/{userId}'), '/users/{id}')
  t.equal(tree.get('/users/{id}/groups'), undefined)
  t.equal(tree.find('/users/ada/groups'), undefined)
})
