import { generateKeyPairSync } from "node:crypto"
import * as zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Disk } from "@countersign/core/platform/Disk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import { leafHash, nodeHash } from "@countersign/core/trail/MerkleTree"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Effect from "effect/Effect"
import { check } from "./FileCheck.ts"
import * as NdjsonFiles from "./NdjsonFiles.ts"
import * as NdjsonSink from "./NdjsonSink.ts"
import * as Sidecar from "./Sidecar.ts"

const trail = "example.org/audit/check"
const entryOf = (sequence: number): Buffer => Buffer.from(`{"n":${sequence}}`)
const { privateKey } = generateKeyPairSync("ed25519")

/** The root by the definition of RFC 6962, section 2.1. */
const rootOf = (leaves: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [only, second] = leaves
  if (only === undefined) throw new Error("no leaves")
  if (second === undefined) return leafHash(only)
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

const noteOf = (size: number, root: Uint8Array): string => {
  const text = Checkpoint.format({ origin: trail, size, root, extensions: [] })
  return SignedNote.format({ text, signatures: [SignedNote.sign(text, trail, privateKey)] })
}

const trueNote = (size: number): string =>
  noteOf(size, rootOf(Array.from({ length: size }, (_, sequence) => entryOf(sequence))))

/** A finished file of these records, under the trail's checkpoint. */
const finished = Effect.fnUntraced(function* (sequences: ReadonlyArray<number>, note: string) {
  const memory = new MemoryDisk()
  memory.put("/trail/checkpoint", note)
  const sink = yield* Effect.provideService(
    NdjsonSink.make({ directory: "/out", sizeBytesMax: 1, trailDirectory: "/trail" }),
    Disk,
    memory.disk,
  )
  const last = (sequences.at(-1) ?? 0) + 1
  // All in one file, and one record more, which begins the next.
  const entries = sequences.map(entryOf)
  const first = sequences[0] ?? 0
  yield* sink.deliver({ trail, firstSequence: first, entries, bytes: 1 })
  yield* sink.deliver({ trail, firstSequence: last, entries: [entryOf(last)], bytes: 1 })
  yield* sink.close
  const [file] = yield* NdjsonFiles.list(memory.disk, "/out")
  return { disk: memory.disk, file: file?.path ?? "", memory }
})

const upTo = (size: number) => Array.from({ length: size }, (_, sequence) => sequence)
const inTrail = (sequence: number) => Effect.succeed(entryOf(sequence))

describe("FileCheck", () => {
  for (const size of [1, 2, 3, 7, 8, 100]) {
    it.effect(`proves ${size} records by their checkpoint, without the trail`, () =>
      Effect.gen(function* () {
        const { disk, file } = yield* finished(upTo(size), trueNote(size))
        const report = yield* check(disk, file)
        assert.deepInclude(report, { problems: [], missing: 0, provenSize: size, compared: 0 })
      }),
    )
  }

  it.effect("proves what the checkpoint reaches of a file that goes on", () =>
    Effect.gen(function* () {
      const { disk, file } = yield* finished(upTo(10), trueNote(6))
      assert.deepInclude(yield* check(disk, file), { problems: [], provenSize: 6 })
    }),
  )

  it.effect("proves nothing of a file that begins later, or reaches less far", () =>
    Effect.gen(function* () {
      for (const sequences of [
        [1, 2, 3],
        [0, 1, 2],
      ]) {
        const { disk, file } = yield* finished(sequences, trueNote(4))
        assert.deepInclude(yield* check(disk, file), { problems: [], provenSize: undefined })
      }
    }),
  )

  it.effect("names a checkpoint that signs other records", () =>
    Effect.gen(function* () {
      const { disk, file } = yield* finished(upTo(4), noteOf(4, Buffer.alloc(32)))
      const report = yield* check(disk, file)
      assert.isUndefined(report?.provenSize)
      assert.deepStrictEqual(report?.problems, [
        "the first 4 records are not those that the checkpoint signs",
      ])
    }),
  )

  it.effect("compares each record with the trail", () =>
    Effect.gen(function* () {
      const { disk, file } = yield* finished(upTo(5), trueNote(5))
      assert.deepInclude(yield* check(disk, file, inTrail), { problems: [], compared: 5 })
      const other = yield* check(disk, file, (sequence) =>
        Effect.succeed(
          sequence === 2 ? Buffer.from("{}") : sequence < 4 ? entryOf(sequence) : undefined,
        ),
      )
      assert.deepStrictEqual(other?.problems, [
        "record 2 is another than in the trail",
        "record 4 is not in the trail",
      ])
    }),
  )

  it.effect("finds any changed byte of the file", () =>
    Effect.gen(function* () {
      const { disk, file, memory } = yield* finished(upTo(9), trueNote(9))
      const bytes = memory.files.get(file)?.bytes ?? Buffer.alloc(0)
      for (let at = 0; at < bytes.length; at += 1) {
        const before = bytes[at] ?? 0
        bytes[at] = before ^ 0x10
        const report = yield* check(disk, file)
        assert.isAbove(report?.problems.length ?? 0, 0, `byte ${at}`)
        bytes[at] = before
      }
      assert.isEmpty((yield* check(disk, file))?.problems)
    }),
  )

  for (const [compression, compress] of [
    ["gzip", (bytes: Buffer) => zlib.gzipSync(bytes, { level: 1 })],
    ["zstd", (bytes: Buffer) => zlib.zstdCompressSync(bytes)],
  ] as const) {
    it.live(
      `keeps little of a file that ${compression} makes enormous, and reads no more than said`,
      () =>
        Effect.gen(function* () {
          const whole = 192 * 1024 * 1024
          const bytes = compress(Buffer.alloc(whole, 0x61))
          const { disk, file, memory } = yield* finished(upTo(3), trueNote(3))
          const sidecar = Sidecar.decode(Buffer.from(memory.text(`${file}.json`) ?? ""))
          yield* disk.writeFile(file, [bytes], { sync: true })
          for (const [format, contentBytes, problem] of [
            ["csv", 1000, /holds more than the 1000 bytes/],
            ["csv", whole, /SHA-256/],
            ["ndjson", whole, /line 1 is no record/],
          ] as const) {
            const forged = { ...sidecar, format, compression, bytes: bytes.length, contentBytes }
            memory.put(`${file}.json`, JSON.stringify(forged))
            const before = process.memoryUsage.rss()
            const report = yield* check(disk, file)
            assert.match(report?.problems.join("\n") ?? "", problem)
            assert.isBelow(process.memoryUsage.rss() - before, whole / 2)
          }
        }),
    )
  }

  it.effect("finds a sidecar of other numbers, and says where there is none", () =>
    Effect.gen(function* () {
      const { disk, file, memory } = yield* finished(upTo(9), trueNote(9))
      const text = memory.text(`${file}.json`) ?? ""
      for (const [from, to] of [
        ['"count": 9', '"count": 8'],
        ['"last": 8', '"last": 9'],
        ['"contentBytes": ', '"contentBytes": 1'],
        ['"file": "0', '"file": "1'],
      ] as const) {
        memory.put(`${file}.json`, text.replace(from, to))
        assert.strictEqual((yield* check(disk, file))?.problems.length, 1, to)
      }
      memory.put(`${file}.json`, text.replace('"count": 9', '"count": 90'))
      assert.isUndefined(yield* check(disk, file))
      yield* disk.remove(`${file}.json`)
      assert.isUndefined(yield* check(disk, file))
    }),
  )

  it("takes no checkpoint of another trail into a sidecar", () => {
    const note = Buffer.from(trueNote(3))
    assert.strictEqual(Sidecar.noteOf(note, trail), note.toString())
    assert.isUndefined(Sidecar.noteOf(note, "example.org/audit/other"))
    assert.isUndefined(Sidecar.noteOf(Buffer.from("no note"), trail))
  })
})
