import t from 'tap'
import { findBaseUrlIssue, findIssuerIssue, findOrgUrlIssue, findUrlIssue } from '#fastify-okta/options/urls.js'
import { readOptions } from '#fastify-okta/options.js'

const NO_HTTPS = 'must be an https URL: plain http is accepted on the loopback only'
const PLACEHOLDER = '{yourOktaDomain}'
const NO_SCHEME = 'must be an https URL: it has no scheme, so put https:// in front'
const PATH = 'has a path that is not in its normal form, such as .. or an unescaped character'

/** What is wrong with any address. */
const ISSUES: Record<string, readonly unknown[]> = {
  'must be a string': [undefined, null, 1, {}, ['https://acme.okta.com/oauth2/a'], new URL('https://acme.okta.com/oauth2/a')],
  'is empty': [''],
  [NO_HTTPS]: [
    'http://acme.okta.com/oauth2/a', 'http://127.0.0.1.example.com/a', 'http://localhost.example.com/a', 'http://[::2]/a', 'http://example.com/127.0.0.1'
  ],
  'must be an https URL': ['ftp://127.0.0.1/a', 'file:///etc/passwd', 'ws://localhost/a'],
  [NO_SCHEME]: ['acme.okta.com', 'acme.okta.com/oauth2/default', '//acme.okta.com/oauth2/default', 'localhost:4000/oauth2/default', 'https:acme.okta.com', 'data:,a', 'x', 'https:\\\\acme.okta.com/a'],
  'must be an https URL: it cannot be parsed': ['https://', 'https://a%b', 'http://1127.0.0.1/a', 'https://acme.okta.com:99999/a'],
  'is in quotes: leave them off': ['"https://acme.okta.com/oauth2/a"', '\'https://acme.okta.com/oauth2/a\'', '“https://acme.okta.com/oauth2/a”', 'https://acme.okta.com/oauth2/a"'],
  'begins or ends with a space': [' https://acme.okta.com/oauth2/a', 'https://acme.okta.com/oauth2/a '],
  'contains a line break or an invisible character': ['https://acme.okta.com/oauth2/a\n', 'https://acme.okta.com/oau\tth2/a', 'https://acme.okta\u200b.com/oauth2/a', '\ufeffhttps://acme.okta.com/oauth2/a'],
  'contains a space': ['https://acme.okta.com/oauth2/a b'],
  'names more than one address': [
    'https://acme.okta.com/oauth2/a,https://acme.okta.com/oauth2/b', 'https://acme.okta.com/oauth2/a, https://acme.okta.com/oauth2/b', 'https://acme.okta.com/oauth2/a https://acme.okta.com/oauth2/b'
  ],
  'has its scheme twice': ['https://https://acme.okta.com/oauth2/a'],
  'contains the placeholder {yourOktaDomain}: put your own value there': ['https://{yourOktaDomain}/oauth2/default', '{yourOktaDomain}'],
  [`contains the placeholder $${PLACEHOLDER}: put your own value there`]: [`https://$${PLACEHOLDER}/oauth2/default`],
  'contains the placeholder <your-domain>: put your own value there': ['https://<your-domain>/oauth2/default'],
  'contains the placeholder yourOktaDomain: put your own value there': ['https://yourOktaDomain/oauth2/default'],
  'contains a user name or password': ['https://user@acme.okta.com/oauth2/a', 'https://:password@acme.okta.com/oauth2/a'],
  'has a fragment': ['https://acme.okta.com/oauth2/a#b', 'https://acme.okta.com/oauth2/a#'],
  'is the -admin address: dev-1.okta.com is meant': ['https://dev-1-admin.okta.com/oauth2/default', 'https://dev-1-admin.okta.com'],
  'is the -admin address: dev-1.oktapreview.com is meant': ['https://dev-1-admin.oktapreview.com/oauth2/default'],
  'ends its host with .com twice': ['https://dev-1.okta.com.com/oauth2/default'],
  'must have its scheme and host as https://dev-1.okta.com': ['HTTPS://dev-1.okta.com/oauth2/a', 'https://DEV-1.okta.com/oauth2/a', 'https:///dev-1.okta.com/oauth2/a'],
  'must have its scheme and host as http://127.0.0.1': ['http://127.1/oauth2/a', 'http://0x7f.0.0.1/oauth2/a'],
  'names the default port: leave it off': ['https://dev-1.okta.com:443/oauth2/a', 'http://localhost:80/oauth2/a'],
  [PATH]: ['https://dev-1.okta.com/x/../oauth2/a', 'https://dev-1.okta.com/./oauth2/a', 'https://dev-1.okta.com/oauth2/é']
}

t.test('the one rule that an address breaks is named', async t => {
  for (const find of [findUrlIssue, findBaseUrlIssue, findIssuerIssue, findOrgUrlIssue]) {
    for (const [issue, values] of Object.entries(ISSUES)) {
      for (const value of values) t.equal(find(value), issue, `${find.name} ${JSON.stringify(value)}`)
    }
  }
})

t.test('https, and plain http on the loopback, are accepted', async t => {
  const good = [
    'https://acme.okta.com/oauth2/default', 'https://login.acme.example/oauth2/aus1', 'http://127.0.0.1:4000/oauth2/default', 'http://127.8.9.1/oauth2/a', 'http://localhost/a', 'http://[::1]:4000/a',
    'https://acme.okta.com/oauth2/aus1_-.~', 'https://login.acme.example:8443/oauth2/a'
  ]
  for (const url of good) {
    t.equal(findUrlIssue(url), null, url)
    t.equal(findBaseUrlIssue(url), null, url)
    t.equal(findOrgUrlIssue(new URL(url).origin), null, url)
    t.equal(findOrgUrlIssue(`${new URL(url).origin}/`), null, url)
    if (!url.includes('~')) t.equal(findIssuerIssue(url), null, url)
  }
  t.equal(findUrlIssue('https://acme.okta.com/keys?client_id=a'), null)
})

t.test('an issuer is what tokens name', async t => {
  const issues: Record<string, readonly string[]> = {
    'ends with a slash': ['https://acme.okta.com/oauth2/default/', 'https://acme.okta.com/'],
    'has a query': ['https://acme.okta.com/oauth2/default?a=b', 'https://acme.okta.com/oauth2/default?', 'https://acme.okta.com?a'],
    'has a double slash': ['https://acme.okta.com//oauth2/default', 'https://acme.okta.com/oauth2//default'],
    'is the org server: add /oauth2/default': ['https://acme.okta.com', 'https://acme.okta.mil', 'http://127.0.0.1:4000', 'http://localhost'],
    'names no authorization server: add /default': ['https://acme.okta.com/oauth2', 'https://login.acme.example/oauth2'],
    'is the address of a document: leave off /.well-known/ and what follows': [
      'https://acme.okta.com/oauth2/default/.well-known/openid-configuration', 'https://acme.okta.com/.well-known/oauth-authorization-server/oauth2/default', 'https://login.acme.example/oauth2/a/.well-known/oauth-authorization-server'
    ],
    'is the address of an endpoint: leave off /v1/keys': ['https://acme.okta.com/oauth2/default/v1/keys', 'http://127.0.0.1:4000/oauth2/default/v1/keys'],
    'is the address of an endpoint: leave off /v1/token': ['https://acme.okta.com/oauth2/default/v1/token'],
    'must have the path /oauth2/{authorization server}': ['https://acme.okta.com/default', 'https://acme.okta.com/oauth2/default/more', 'https://acme.okta.com/admin/dashboard']
  }
  for (const [issue, issuers] of Object.entries(issues)) {
    for (const issuer of issuers) t.equal(findIssuerIssue(issuer), issue, issuer)
  }
  for (const issuer of ['https://acme.okta.com', 'http://127.0.0.1:4000']) t.equal(findIssuerIssue(issuer, { allowsOrgServer: true }), null)
})

t.test('the address of an org is an origin', async t => {
  t.equal(findOrgUrlIssue('https://acme.okta.com/oauth2/default'), 'has a path: only the address of the org is meant')
  t.equal(findOrgUrlIssue('https://acme.okta.com/api/v1'), 'has a path: only the address of the org is meant')
  for (const url of ['https://acme.okta.com?a=b', 'https://acme.okta.com/?', 'https://acme.okta.com/a?b']) t.equal(findOrgUrlIssue(url), 'has a query')
})

t.test('every option that is an address is checked, and named', async t => {
  const options = { issuer: 'https://acme.okta.com/oauth2/default', audience: 'a' }
  const client = { clientId: 'a', clientSecret: 'b' }
  const places: Record<string, (url: string) => object> = {
    issuer: issuer => ({ issuer }),
    jwksUri: jwksUri => ({ jwksUri }),
    publicUrl: publicUrl => ({ publicUrl }),
    'introspection.endpoint': endpoint => ({ introspection: { ...client, endpoint } }),
    'directory.orgUrl': orgUrl => ({ directory: { token: 'a', orgUrl } })
  }
  for (const [option, place] of Object.entries(places)) {
    t.throws(() => readOptions({ ...options, ...place('http://acme.okta.com') }), { name: 'TypeError', message: `${option} ${NO_HTTPS}` })
    t.throws(() => readOptions({ ...options, ...place('https://00-secret:a@acme.okta.com/a') }), { name: 'TypeError', message: `${option} contains a user name or password` })
  }
  t.throws(() => readOptions({ ...options, publicUrl: 'https://greeting.example/' }), { message: 'publicUrl ends with a slash' })
  t.equal(readOptions({ ...options, publicUrl: 'https://greeting.example/api' }).publicUrl, 'https://greeting.example/api')
  t.equal(readOptions({ ...options, directory: { token: 'a', orgUrl: 'https://acme.okta.com/' } }).issuers[0]?.directory?.orgUrl, 'https://acme.okta.com')
})
