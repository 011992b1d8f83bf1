import { crc32 } from "node:zlib"
import { Disk } from "@countersign/core/platform/Disk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import * as EntryBundle from "@countersign/core/trail/EntryBundle"
import * as WalFrame from "@countersign/core/trail/WalFrame"
import { scan } from "@countersign/core/trail/WalReader"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"

const frame = (firstSequence: number, groupOffset: number, texts: ReadonlyArray<string>) => {
  const payload = EntryBundle.encode(texts.map((text) => Buffer.from(text)))
  const header = WalFrame.encodeFrameHeader(
    {
      firstSequence,
      count: texts.length,
      payloadBytes: payload.length,
      fence: 1,
      writtenMillis: 0,
      groupOffset,
    },
    payload,
  )
  return Buffer.concat([header, payload])
}

const first = frame(0, 0, ["a", "b"])
const segments = [{ name: "fuzz", firstSequence: 0, content: "whole" as const }]

const read = (input: Buffer): boolean => {
  WalFrame.wasSynced(input, 0)
  const disk: Disk["Service"] = { ...new MemoryDisk().disk, readFile: () => Effect.succeed(input) }
  let found = 0
  const result = Effect.runSync(
    scan("/trail", segments, (each) => {
      found += each.count
      insist(each.offset + each.payload.length <= input.length, "a frame lies in its segment")
      return Effect.void
    }).pipe(Effect.provideService(Disk, disk), Effect.result),
  )
  if (Result.isFailure(result)) return false
  insist(result.success.nextSequence === found, "each entry is counted once")
  insist(Number.isSafeInteger(found), "entries are counted exactly")
  const torn = result.success.torn[0]
  insist(torn === undefined || torn.offset + torn.bytes === input.length, "a tail ends the log")
  return torn === undefined
}

export const walTarget: Target = {
  name: "wal",
  tokens: [],
  seeds: [
    first,
    Buffer.concat([first, frame(2, first.length, ["c"])]),
    Buffer.concat([first, frame(2, 0, ["c", "d"]), frame(4, first.length, [""])]),
  ],
  run: (input) => {
    const isRead = read(input)
    // With its checksum mended the damage reaches the fields of the first frame.
    if (!isRead && input.length >= WalFrame.frameHeaderBytes) {
      const end = WalFrame.frameHeaderBytes + input.readUInt32LE(4)
      if (end <= input.length) {
        input.writeUInt32LE(crc32(input.subarray(12, end)), 8)
        return read(input) ? "accepted" : "refused"
      }
    }
    return isRead ? "accepted" : "refused"
  },
}
