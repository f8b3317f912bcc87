import { readFileSync } from 'node:fs'
import t from 'tap'
import { isStrongRsaKey } from '#fastify-okta/oauth/rsa-key.js'
import { usualKey } from '../../kit/signing-key.js'
import { modulusOf, numberOf } from '../../kit/rsa-number.js'

const { n, e } = usualKey.jwk

t.test('a key as Okta makes it is strong', async t => {
  t.ok(isStrongRsaKey(n, e))
})

t.test('the modulus has 2048 to 8192 bits and is odd', async t => {
  for (const bits of [2048, 2049, 2055, 2056, 3072, 4096, 8191, 8192]) t.ok(isStrongRsaKey(modulusOf(bits), e), `${bits} bits`)
  for (const bits of [8, 512, 1024, 2040, 2047, 8193, 8200, 16_384, 32_768]) t.notOk(isStrongRsaKey(modulusOf(bits), e), `${bits} bits`)
  t.notOk(isStrongRsaKey(modulusOf(2048, { isOdd: false }), e), 'even')
})

t.test('leading zero bytes do not make a number larger', async t => {
  const zeros = Buffer.alloc(256)
  const padded = (number: string, count: number): string => Buffer.concat([zeros.subarray(0, count), Buffer.from(number, 'base64url')]).toString('base64url')

  t.notOk(isStrongRsaKey(padded(modulusOf(1024), 128), e), '1024 bits in 256 bytes')
  t.ok(isStrongRsaKey(padded(modulusOf(2048), 1), e))
  t.notOk(isStrongRsaKey(n, padded(numberOf(1), 4)))
  t.ok(isStrongRsaKey(n, padded(numberOf(65_537), 2)))
})

t.test('the exponent is odd, at least 65537, and at most four bytes long', async t => {
  for (const exponent of [65_537, 65_539, 2 ** 24 + 1, 2 ** 32 - 1]) t.ok(isStrongRsaKey(n, numberOf(exponent)), String(exponent))
  for (const exponent of [0, 1, 2, 3, 17, 65_535, 65_536, 65_538, 2 ** 32 - 2, 2 ** 32 + 1, 2 ** 40 + 1]) {
    t.notOk(isStrongRsaKey(n, numberOf(exponent)), String(exponent))
  }
})

t.test('a modulus or exponent that is not a base64url number is refused', async t => {
  const hostile: unknown[] = [undefined, null, 65_537, 65_537n, '', '=', 'AQAB=', 'AQ+B', 'AQ/B', 'AQ B', 'A'.repeat(400), ['AQAB'], { toString: () => 'AQAB' }]
  for (const value of hostile) {
    t.notOk(isStrongRsaKey(n, value), 'as an exponent')
    t.notOk(isStrongRsaKey(value, e), 'as a modulus')
  }
})

t.test('a string of more than 4096 characters is not decoded', async t => {
  t.ok(isStrongRsaKey(n, `${'A'.repeat(4092)}AQAB`))
  t.notOk(isStrongRsaKey(n, `${'A'.repeat(4096)}AQAB`))
})

t.test('a modulus of the broken generator (ROCA) is too weak', async (t) => {
  const { n, e } = JSON.parse(readFileSync('test/kit/roca-key.json', 'utf8')) as { n: string, e: string }
  t.equal(isStrongRsaKey(n, e), false)
})
