import t from 'tap'
import { DPOP_ALGORITHMS } from '#fastify-okta/oauth/dpop-proof.js'
import { createResourceMetadata, resourceMetadataPath, resourceMetadataUrl } from '#fastify-okta/oauth/resource-metadata.js'

t.test('the address is between the host and the path', async t => {
  t.equal(resourceMetadataUrl('https://a.example'), 'https://a.example/.well-known/oauth-protected-resource')
  t.equal(resourceMetadataUrl('https://a.example:8443/b/c'), 'https://a.example:8443/.well-known/oauth-protected-resource/b/c')
  t.equal(resourceMetadataPath('https://a.example/b'), '/.well-known/oauth-protected-resource/b')
  t.equal(resourceMetadataPath('https://a.example'), '/.well-known/oauth-protected-resource')
})

t.test('the document says what is so and nothing else', async t => {
  const options = { publicUrl: 'https://a.example', issuers: ['https://b.example'], scopes: [], dpop: 'off' } as const
  const document = { resource: 'https://a.example', authorization_servers: ['https://b.example'], bearer_methods_supported: ['header'] }

  t.strictSame(createResourceMetadata(options), document)
  t.strictSame(createResourceMetadata({ ...options, scopes: ['b', 'a'] }), { ...document, scopes_supported: ['a', 'b'] })
  t.strictSame(createResourceMetadata({ ...options, dpop: 'allowed' }), { ...document, dpop_signing_alg_values_supported: DPOP_ALGORITHMS })
  t.strictSame(createResourceMetadata({ ...options, dpop: 'required' }), {
    ...document, dpop_signing_alg_values_supported: DPOP_ALGORITHMS, dpop_bound_access_tokens_required: true
  })
})
