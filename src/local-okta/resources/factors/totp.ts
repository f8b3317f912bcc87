import { createHmac, randomBytes } from 'node:crypto'

/** RFC 6238: the time of one password, in seconds. */
export const TIME_STEP_SECONDS = 30
const DIGITS = 6
/** How many steps the clocks of phone and org may differ. */
const MAX_DRIFT_STEPS = 1
/** RFC 4648 section 6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new shared secret, in base32: 80 bits, as Okta's. */
export function createTotpSecret (): string {
  const bits = [...randomBytes(10)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[parseInt(five, 2)]).join('')
}

/** The time-based one-time password of a step (RFC 6238, with SHA-1). */
export function totpAt (secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** What the QR code of a shared secret holds: the address that authenticator apps read. */
export function totpUri (login: string, secret: string): string {
  const issuer = encodeURIComponent('Local Okta')
  return `otpauth://totp/${issuer}:${encodeURIComponent(login)}?secret=${secret}&issuer=${issuer}`
}

/** The step whose password this is, near a time in milliseconds; undefined if it is of another step. */
export function findTotpStep (secret: string, passCode: string, now: number): number | undefined {
  const current = Math.floor(now / 1000 / TIME_STEP_SECONDS)
  for (let step = current - MAX_DRIFT_STEPS; step <= current + MAX_DRIFT_STEPS; step += 1) {
    if (step >= 0 && totpAt(secret, step) === passCode) return step
  }
  return undefined
}

function decodeBase32 (text: string): Buffer {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}
