/**
 * Text that somebody else wrote, as it can be shown: what would hide or turn other text around, or
 * could not be seen at all, stands there as its number.
 */

/** Controls but for tab and line feed, what has no width, what changes the direction, and tags. */
export const hostile =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- they are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|(?<!\p{Extended_Pictographic})\ufe0f(?!\u20e3)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/** A character as its number, such as `\u{202E}`. */
export const escaped = (character: string): string =>
  `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}}`

/** Most characters that are shown where nothing else is said. */
const shownMax = 4096

const counted = new Intl.NumberFormat("en")

/** Up to `max` UTF-16 units, and no half of a character at the end. */
const cut = (text: string, max: number): string => {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max)
}

/** Text of many lines: its line feeds and tabs stay. */
export const visibleLines = (text: string, max: number = shownMax): string => {
  const kept = cut(text, max)
  const shown = kept.replace(hostile, escaped)
  const rest = text.length - kept.length
  return rest === 0 ? shown : `${shown}… ${counted.format(rest)} more`
}

/** Text on one line; of one that is longer than `max` it says how much is left out. */
export const visible = (text: string, max: number = shownMax): string =>
  visibleLines(text, max).replace(/[\t\n]/g, escaped)

/** Whether anything of it is shown as a number. */
export const isHostile = (text: string): boolean => text.search(hostile) >= 0
