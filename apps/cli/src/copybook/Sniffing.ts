/** Looks at the first bytes of a file for how its records are framed. */
import { Disk } from "@countersign/core/platform/Disk"
import { sampleBytes, sniff } from "@countersign/copybook/framing/Sniffer"
import * as Effect from "effect/Effect"
import { hintCompressed } from "./Compressed.ts"
import type { LayoutFlags } from "./CopybookFlags.ts"
import { layoutFrom } from "./Copybooks.ts"

export const sniffFile = Effect.fnUntraced(function* (
  file: string,
  copybooks: ReadonlyArray<string>,
  flags: LayoutFlags,
) {
  const disk = yield* Disk
  const layout = copybooks.length === 0 ? undefined : (yield* layoutFrom(copybooks, flags)).layout
  const bytes = yield* disk.readRange(file, 0, sampleBytes)
  const status = yield* disk.status(file)
  yield* hintCompressed(file)
  return sniff(bytes, {
    fileBytes: status?.sizeBytes ?? bytes.byteLength,
    ...(layout === undefined ? {} : { lengthMin: layout.lengthMin, lengthMax: layout.lengthMax }),
  })
})
