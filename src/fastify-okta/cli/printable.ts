/** Control characters (C0, DEL, C1), line separators, and characters that change the direction of text. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Escapes control characters in untrusted text: a claim or an error message must not move the cursor of a terminal, nor
 * look like something else. Escapes are those of JSON, so JSON stays the same JSON.
 */
export function printable (text: string): string {
  return text.replace(UNPRINTABLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
