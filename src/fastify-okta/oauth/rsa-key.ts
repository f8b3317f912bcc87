const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Whether an RSA public key, given by the `n` and `e` of its JWK, is strong enough to be used: a modulus of at least
 * 2048 bits (RFC 7518 section 3.3) and at most 8192, since a larger one makes every verification slow;
 * an exponent of at least 65537 and at most four bytes; both odd. With the exponent 1 anybody forges.
 * A modulus that a broken generator of keys made (ROCA, CVE-2017-15361) can be factored, and is refused.
 */
export function isStrongRsaKey (n: unknown, e: unknown): boolean {
  return isModulus(n) && isExponent(e) && !isRocaModulus(n as string)
}

function isModulus (n: unknown): boolean {
  const bytes = decodeUnsigned(n)
  if (bytes === undefined) return false
  const bits = bytes.length * 8 - Math.clz32(bytes[0] as number) + 24
  return bits >= 2048 && bits <= 8192 && isOdd(bytes)
}

function isExponent (e: unknown): boolean {
  const bytes = decodeUnsigned(e)
  return bytes !== undefined && bytes.length <= 4 && isOdd(bytes) && bytes.readUIntBE(0, bytes.length) >= 65537
}

function isOdd (bytes: Buffer): boolean {
  return (bytes[bytes.length - 1] as number) % 2 === 1
}

/** Base64urlUInt (RFC 7518 section 2), without its leading zero bytes. */
function decodeUnsigned (text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || text.length > 4096 || !BASE64URL.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const start = bytes.findIndex(byte => byte !== 0)
  return start === -1 ? undefined : bytes.subarray(start)
}

const ROCA_PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]
const ROCA_GENERATOR = 65537

/** Whether the modulus is, modulo each of these primes, a power of 65537: true of the broken generator's keys, and of one other in 2^27. */
function isRocaModulus (n: string): boolean {
  const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`)
  return ROCA_PRIMES.every((prime) => isPowerOfGenerator(Number(modulus % BigInt(prime)), prime))
}

function isPowerOfGenerator (residue: number, prime: number): boolean {
  let power = 1
  do {
    if (power === residue) return true
    power = (power * (ROCA_GENERATOR % prime)) % prime
  } while (power !== 1)
  return false
}
