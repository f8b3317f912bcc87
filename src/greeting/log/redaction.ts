const REDACTED = '[redacted]'
const MAX_MESSAGE_LENGTH = 300
const MAX_PATH_LENGTH = 200
/** What follows the scheme of an `Authorization` header. */
const CREDENTIALS = /\b(SSWS|Bearer|DPoP|Basic)\s+\S+/gi
/** Keys, tokens and ids: long, and letters and digits mixed. */
const LOOKS_RANDOM = /(?=[\w+/=.~-]*\d)(?=[\w+/=.~-]*[a-z])[\w+/=.~-]{20,}/gi
const MAX_PLAIN_SEGMENT_LENGTH = 15
/** Words and numbers with hyphens, dots or underscores between them, as in `apple-touch-icon-120x120.png`. */
const WORDS = /^(?:[a-z]{1,24}|\d{1,8}(?:x\d{1,8})?)(?:[-._](?:[a-z]{1,24}|\d{1,8}(?:x\d{1,8})?))*$/i

/**
 * The message of an error of another package: cut to 300 characters, without what looks like credentials, a key or a token.
 * Such a message may quote what was sent or received.
 */
export function redactMessage (message: string): string {
  const cut = message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message
  return cut.replace(CREDENTIALS, `$1 ${REDACTED}`).replace(LOOKS_RANDOM, REDACTED)
}

/**
 * The path of a URL, without its query; `undefined` if it is not visible ASCII or is longer than 200 characters. Segments of
 * more than 15 characters that are not words may be somebody's token, and are left out.
 */
export function redactPath (url: string): string | undefined {
  const path = url.split(/[?#;]/, 1)[0] as string
  if (path.length > MAX_PATH_LENGTH || !/^[\x21-\x7e]*$/.test(path)) return undefined
  return path.split('/').map((segment) => segment.length <= MAX_PLAIN_SEGMENT_LENGTH || WORDS.test(segment) ? segment : REDACTED).join('/')
}
