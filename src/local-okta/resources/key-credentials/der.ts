/** ASN.1 tags (X.690) of what certificates and signing requests are made of. */
export const TAG = {
  integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, utf8: 0x0c, printable: 0x13, utcTime: 0x17, sequence: 0x30, set: 0x31, dnsName: 0x82, context0: 0xa0
} as const

/** sha256WithRSAEncryption. */
export const SHA256_WITH_RSA = sequence(oid('2a864886f70d01010b'), der(TAG.null))

/** A value in DER (X.690): tag, length, content. */
export function der (tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80 ? Buffer.from([content.length]) : longLength(content.length)
  return Buffer.concat([Buffer.from([tag]), length, content])
}

export function sequence (...parts: Buffer[]): Buffer {
  return der(TAG.sequence, ...parts)
}

/** An object identifier, of which the content is written in hex. */
export function oid (hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'))
}

/** The part of a name that says whose it is. */
export function commonName (text: string): Buffer {
  return attribute('550403', text)
}

/** A part of a name (X.520): what it is, in hex, and its text. */
export function attribute (type: string, text: string, tag: number = TAG.utf8): Buffer {
  return der(TAG.set, sequence(oid(type), der(tag, Buffer.from(text))))
}

function longLength (length: number): Buffer {
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}
