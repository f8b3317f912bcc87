import { createPublicKey, sign } from 'node:crypto'
import { isObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { createKeyPair } from '../../tokens/signing-keys.js'
import { attribute, der, oid, SHA256_WITH_RSA, sequence, TAG } from './der.js'

/** The parts of a subject's name (X.520), in their usual order. */
const SUBJECT: Readonly<Record<string, readonly [type: string, tag: number]>> = {
  countryName: ['550406', TAG.printable],
  stateOrProvinceName: ['550408', TAG.utf8],
  localityName: ['550407', TAG.utf8],
  organizationName: ['55040a', TAG.utf8],
  organizationalUnitName: ['55040b', TAG.utf8],
  commonName: ['550403', TAG.utf8]
}
const EXTENSION_REQUEST = '2a864886f70d01090e'
const SUBJECT_ALT_NAME = '551d11'

/** Makes an RSA-2048 key pair and a request for its certificate (PKCS #10, RFC 2986), in DER. The private key is not kept. */
export async function createSigningRequest ({ subject, subjectAltNames }: Json): Promise<Buffer> {
  const { privateKey } = await createKeyPair()
  const signed = sequence(
    der(TAG.integer, Buffer.from([0])),
    nameOf(subject),
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    der(TAG.context0, ...extensionsOf(subjectAltNames)))
  const signature = sign('sha256', signed, privateKey)
  return sequence(signed, SHA256_WITH_RSA, der(TAG.bitString, Buffer.from([0]), signature))
}

function nameOf (subject: unknown): Buffer {
  const parts = Object.entries(SUBJECT).flatMap(([name, [type, tag]]) => {
    const text = isObject(subject) ? subject[name] : undefined
    return typeof text === 'string' ? [attribute(type, text, tag)] : []
  })
  return sequence(...parts)
}

function extensionsOf (names: unknown): Buffer[] {
  const dnsNames = isObject(names) && Array.isArray(names['dnsNames']) ? names['dnsNames'].filter((name) => typeof name === 'string') : []
  if (dnsNames.length === 0) return []
  const value = der(TAG.octetString, sequence(...dnsNames.map((name) => der(TAG.dnsName, Buffer.from(name)))))
  return [sequence(oid(EXTENSION_REQUEST), der(TAG.set, sequence(sequence(oid(SUBJECT_ALT_NAME), value))))]
}
