/** Controls (C0, DEL, C1), line separators, and what turns the direction of text around. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Text of others' making with its controls spelled out, so that a claim or an error text can neither move the cursor
 * of a terminal nor look like something else. The spelling is that of JSON: JSON stays the same JSON.
 */
export function printable (text: string): string {
  return text.replace(UNPRINTABLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
