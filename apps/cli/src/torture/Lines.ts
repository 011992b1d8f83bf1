import type { Readable } from "node:stream"

/** Hears each whole line of each stream; a last one without an end was cut, and is not heard. */
export const hearLines = (
  streams: ReadonlyArray<Readable | null>,
  hear: (line: string) => void,
): void => {
  for (const stream of streams) {
    // One for each stream: what another says in between belongs to no half line of this one.
    let rest = ""
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) hear(line)
    })
  }
}
