/** What is shown, as a command that somebody can put into a shell. */

const plain = /^[A-Za-z0-9_./:@%+,-]+$/

/** One argument for a POSIX shell, whatever is in it. */
export const shellArgument = (text: string): string =>
  plain.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A filter is needed; one that all events pass stands in for none. */
const everything = "exists(id)"

/** The published events that the filter lets through, one JSON object a line. */
export const queryCommand = (directory: string, filter: string): string => {
  const safe = directory.startsWith("-") ? `./${directory}` : directory
  const text = filter.trim() === "" ? everything : filter.trim()
  // A filter that begins with a dash would be a flag.
  const expression = text.startsWith("-") ? `(${text})` : text
  return `countersign query ${shellArgument(safe)} ${shellArgument(expression)} --json`
}
