/** `countersign export open FILE`: an encrypted file as it was before. */
import * as path from "node:path"
import { Disk, DiskError } from "@countersign/core/platform/Disk"
import { readThrough } from "@countersign/sinks/file/FileReader"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readSealKey } from "../export/SealKeyFile.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"

/** Opened piece by piece under another name: what is cut off at its end shows only there. */
const openTo = Effect.fnUntraced(function* (file: string, key: Uint8Array, target: string) {
  const disk = yield* Disk
  if ((yield* disk.status(target)) !== undefined) {
    const detail = "it is there already: name another file, or remove it"
    return yield* new DiskError({ call: "open", path: target, errno: "EEXIST", detail })
  }
  const temporary = `${target}.${process.pid}.tmp`
  const opened = yield* disk.open(temporary, "create")
  let bytes = 0
  const limits = { compression: "none", contentBytesMax: Number.MAX_SAFE_INTEGER, key } as const
  const copied = readThrough(disk, file, limits, (piece) =>
    Effect.tap(opened.write([piece], bytes), () => {
      bytes += piece.byteLength
      return Effect.void
    }),
  ).pipe(Effect.andThen(opened.datasync), Effect.ensuring(opened.close))
  yield* copied.pipe(
    Effect.andThen(disk.rename(temporary, target)),
    Effect.andThen(disk.syncDirectory(path.dirname(target))),
    Effect.onError(() => Effect.ignore(disk.remove(temporary))),
  )
  return bytes
})

export const exportOpenCommand = Command.make(
  "open",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A file that export has encrypted"),
    ),
    sealKey: Flag.String("seal-key").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The key that it was encrypted with"),
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("A new file; what was compressed stays so"),
    ),
  },
  Effect.fnUntraced(function* ({ file, output: target, sealKey }) {
    const output = yield* Output
    const key = yield* readSealKey(Option.some(sealKey))
    if (key === undefined) return
    const bytes = yield* openTo(file, key, target)
    yield* output.say(output.paintSaid.faint(`${Text.size(bytes)} in ${target}`))
  }),
).pipe(
  Command.withDescription(
    "Write an encrypted file as it was before it was encrypted. It appears whole or not at all. Exit code: 0 done, 1 the key is another one, or the file was changed or cut off, 4 the disk failed",
  ),
  Command.withShortDescription("Open an encrypted file"),
)
