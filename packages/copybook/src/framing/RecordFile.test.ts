import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { bytesOf } from "../testing/FramedFile.ts"
import { type FramingFault, hex } from "./FramingFault.ts"
import { makeFrameWriter } from "./FrameWriter.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import { framedPieces, recordBatches, type RecordFileOptions } from "./RecordFile.ts"

const rdw = { kind: "rdw" } as const

const recordsOf = (batches: ReadonlyArray<RecordBatch>): ReadonlyArray<string> =>
  batches.flatMap(({ bytes, count, lengths, starts }) =>
    Array.from({ length: count }, (_, index) => {
      const start = starts[index] ?? 0
      return hex(bytes.subarray(start, start + (lengths[index] ?? 0)))
    }),
  )

const fileOf = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const file = path.join(yield* temporaryDirectory, "records")
  fs.writeFileSync(file, bytes)
  return file
})

/** Records of 0 to 299 bytes, and what they are. */
const many = (count: number): { readonly bytes: Uint8Array; readonly records: Array<string> } => {
  const writer = Result.getOrThrow(makeFrameWriter(rdw))
  const records: Array<string> = []
  for (let index = 0; index < count; index += 1) {
    const record = new Uint8Array((index * 37) % 300).fill(index % 256)
    Result.getOrThrow(writer.write(record))
    records.push(hex(record))
  }
  return { bytes: writer.finish(), records }
}

describe("a file's records", () => {
  it.effect("come one batch after the other in memory that is used again", () =>
    Effect.gen(function* () {
      const { bytes, records } = many(60)
      const file = yield* fileOf(bytes)
      for (const pieceBytes of [7, 100, 1000]) {
        const seen: Array<string> = []
        const memories = new Set<ArrayBufferLike>()
        yield* recordBatches(file, { framing: rdw, pieceBytes, reusesMemory: true }).pipe(
          Stream.runForEach((batch) =>
            Effect.sync(() => {
              seen.push(...recordsOf([batch]))
              if (batch.bytes.byteLength === pieceBytes) memories.add(batch.bytes.buffer)
            }),
          ),
        )
        assert.deepStrictEqual(seen, records)
        assert.isAtMost(memories.size, 2)
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("come in batches, each byte seen once, whatever the pieces", () =>
    Effect.gen(function* () {
      const { bytes, records } = many(60)
      const file = yield* fileOf(bytes)
      for (const pieceBytes of [7, 100, 1000, 1 << 20]) {
        const hash = createHash("sha256")
        const options: RecordFileOptions = {
          framing: rdw,
          pieceBytes,
          onBytes: (piece) => hash.update(piece),
        }
        const batches = yield* Stream.runCollect(recordBatches(file, options))
        assert.deepStrictEqual(recordsOf(batches), records)
        assert.strictEqual(hash.digest("hex"), createHash("sha256").update(bytes).digest("hex"))
        let next = 0
        for (const batch of batches) {
          assert.strictEqual(batch.firstRecord, next)
          next += batch.count
          const place = batch.fileOffset + (batch.starts[0] ?? 0)
          const length = batch.lengths[0] ?? 0
          const start = batch.starts[0] ?? 0
          assert.strictEqual(
            hex(batch.bytes.subarray(start, start + length)),
            hex(bytes.subarray(place, place + length)),
          )
        }
      }
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("end with an error behind the last good one", () =>
    Effect.gen(function* () {
      const file = yield* fileOf(bytesOf("00050000 C1 F1F2F3F4"))
      const seen: Array<RecordBatch> = []
      const error = yield* recordBatches(file, { framing: rdw }).pipe(
        Stream.runForEach((batch) => Effect.sync(() => seen.push(batch))),
        Effect.flip,
      )
      assert.deepStrictEqual(recordsOf(seen), ["C1"])
      assert.strictEqual(error._tag, "FramingFailed")
      assert.match(error.message, /AUD-5051: .*records: record 1 at byte 5: CPY-3006.*EBCDIC text/)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("go on where faults are taken, all of them", () =>
    Effect.gen(function* () {
      const file = yield* fileOf(bytesOf("61 0A 0A 62 0A 0A"))
      const faults: Array<FramingFault> = []
      const batches = yield* Stream.runCollect(
        recordBatches(file, {
          framing: { kind: "lines", empty: "fault" },
          pieceBytes: 2,
          onFaults: (found) => Effect.sync(() => faults.push(...found)),
        }),
      )
      assert.deepStrictEqual(recordsOf(batches), ["61", "62"])
      assert.deepStrictEqual(
        faults.map(({ code, fileOffset }) => [code, fileOffset]),
        [
          ["CPY-3017", 2],
          ["CPY-3017", 5],
        ],
      )
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("end where who takes the faults will have no more of them", () =>
    Effect.gen(function* () {
      const bytes = bytesOf("61 0A 0A 62 0A 0A 0A")
      const file = yield* fileOf(bytes)
      let taken = 0
      const options: RecordFileOptions<"enough"> = {
        framing: { kind: "lines", empty: "fault" },
        pieceBytes: 2,
        onFaults: ({ length }) =>
          Effect.suspend(() =>
            (taken += length) > 1 ? Effect.fail("enough" as const) : Effect.void,
          ),
      }
      assert.strictEqual(
        yield* Effect.flip(Stream.runDrain(recordBatches(file, options))),
        "enough",
      )
      assert.strictEqual(taken, 2)
      taken = 0
      const pieces = framedPieces("stdin", Stream.make(bytes), options)
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(pieces)), "enough")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("can't come of a framing that can't be, or of a file that is not there", () =>
    Effect.gen(function* () {
      const invalid = recordBatches("/nowhere", { framing: { kind: "fixed", length: 0 } })
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(invalid)))._tag, "FramingInvalid")
      const absent = recordBatches("/nowhere/at/all", { framing: rdw })
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(absent)))._tag, "DiskError")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("of a file that shrinks meanwhile end with a fault", () =>
    Effect.gen(function* () {
      const { bytes } = many(10)
      const file = yield* fileOf(bytes)
      const disk = yield* Disk
      const shrinking = Disk.of({
        ...disk,
        readRange: (name, position, length) =>
          disk.readRange(name, position, Math.min(length, Math.max(0, 50 - position))),
      })
      const error = yield* recordBatches(file, { framing: rdw, pieceBytes: 40 }).pipe(
        Stream.runDrain,
        Effect.provideService(Disk, shrinking),
        Effect.flip,
      )
      assert.match(error.message, /CPY-3001/)
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})

describe("pieces from elsewhere", () => {
  it.effect("are framed as a file is", () =>
    Effect.gen(function* () {
      const pieces = Stream.make(bytesOf("0005"), bytesOf("0000C10006"), bytesOf("0000C2C3"))
      const batches = yield* Stream.runCollect(framedPieces("stdin", pieces, { framing: rdw }))
      assert.deepStrictEqual(recordsOf(batches), ["C1", "C2C3"])
    }),
  )

  it.effect("end with an error behind the last good record", () =>
    Effect.gen(function* () {
      const pieces = Stream.make(bytesOf("00050000C1"), bytesOf("0009"))
      const seen: Array<RecordBatch> = []
      const error = yield* framedPieces("stdin", pieces, { framing: rdw }).pipe(
        Stream.runForEach((batch) => Effect.sync(() => seen.push(batch))),
        Effect.flip,
      )
      assert.deepStrictEqual(recordsOf(seen), ["C1"])
      assert.match(error.message, /stdin: record 1 at byte 5: CPY-3001/)
    }),
  )
})
