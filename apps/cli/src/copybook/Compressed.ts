/** Says of a file that looks compressed that no records will be found in it. */
import { Disk } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"

/** What files of a form begin with, in hex, and what unpacks them. */
const forms = [
  { begins: "1f8b08", name: "gzip", command: "gunzip -c" },
  { begins: "504b0304", name: "a zip archive", command: "unzip -p" },
  { begins: "28b52ffd", name: "zstd", command: "zstd -dc" },
] as const

/** A hint alone: records may begin with any bytes. */
export const hintCompressed = Effect.fnUntraced(function* (file: string) {
  const disk = yield* Disk
  const output = yield* Output
  const start = Buffer.from(yield* disk.readRange(file, 0, 4)).toString("hex")
  const form = forms.find(({ begins }) => start.startsWith(begins))
  if (form === undefined) return
  const name = Text.printable(file)
  yield* output.say(
    output.paintSaid.doubtful(
      `! ${name} begins as ${form.name} does; unpack it first, such as with ${form.command} ${name} | countersign copybook …, and - in its place`,
    ),
  )
})
