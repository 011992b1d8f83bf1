/** What is shown, as a command that somebody can put into a shell. */

const plain = /^[A-Za-z0-9_./:@%+,-]+$/

/** What a terminal would take for keys when it is pasted, such as those that end a line or a program. */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu

const encoder = new TextEncoder()

const octal = (character: string): string =>
  Array.from(encoder.encode(character), (byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join(
    "",
  )

const inQuotes = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** One argument for a POSIX shell, whatever is in it, and nothing that a terminal obeys. */
export const shellArgument = (text: string): string => {
  if (plain.test(text) && !text.startsWith("-")) return text
  if (text.search(control) < 0) return inQuotes(text)
  const spelled = text.replaceAll("\\", "\\\\").replace(control, octal)
  return `"$(printf %b ${inQuotes(spelled)})"`
}

/** A directory, which a dash at its beginning makes no flag. */
export const directoryArgument = (directory: string): string =>
  shellArgument(directory.startsWith("-") ? `./${directory}` : directory)

/** A filter is needed; one that all events pass stands in for none. */
const everything = "exists(id)"

/** The published events that the filter lets through, one JSON object a line. */
export const queryCommand = (directory: string, filter: string): string => {
  const text = filter.trim() === "" ? everything : filter.trim()
  // A filter that begins with a dash would be a flag.
  const expression = text.startsWith("-") ? `(${text})` : text
  return `countersign query ${directoryArgument(directory)} ${shellArgument(expression)} --json`
}
