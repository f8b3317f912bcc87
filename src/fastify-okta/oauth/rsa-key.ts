const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Whether an RSA public key, given by the `n` and `e` of its JWK, is strong enough to be believed: a modulus of 2048
 * bits at the least (RFC 7518 section 3.3) and of 8192 at the most, since a larger one makes every verification slow;
 * an exponent of 65537 at the least and of four bytes at the most; both odd. With the exponent 1 anybody forges.
 */
export function isStrongRsaKey (n: unknown, e: unknown): boolean {
  return isModulus(n) && isExponent(e)
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
