import { createHash } from "node:crypto"
import * as zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import { PowerLossDisk } from "@countersign/core/testing/PowerLossDisk"
import { randomOf } from "@countersign/core/testing/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ExportFile from "./ExportFile.ts"
import * as Sidecar from "./Sidecar.ts"

const facts: ExportFile.ExportFacts = {
  format: "csv",
  trail: "example.org/audit/file",
  filter: undefined,
  first: 0,
  last: 1,
  count: 2,
  begun: "2026-11-21T09:30:00.000Z",
  finished: "2026-11-21T09:30:01.000Z",
  checkpoint: undefined,
}

const content = Buffer.from("a,b\r\n1,2\r\n".repeat(100))

const write = (disk: PowerLossDisk["disk"], file: string) =>
  Effect.acquireUseRelease(
    ExportFile.open(disk, file),
    ({ add, finish }) =>
      add(content.subarray(0, 500)).pipe(
        Effect.andThen(add(content.subarray(500))),
        Effect.andThen(finish(facts)),
      ),
    ({ abandon }) => abandon,
  )

const isWhole = (disk: PowerLossDisk, file: string): boolean => {
  const bytes = disk.peek(file)
  if (bytes === undefined) return false
  const sidecar = Sidecar.decode(disk.peek(`${file}.json`) ?? Buffer.alloc(0))
  assert.strictEqual(createHash("sha256").update(bytes).digest("hex"), sidecar?.sha256)
  return true
}

describe("ExportFile", () => {
  it.effect("compresses as its name says", () =>
    Effect.gen(function* () {
      const { disk } = new MemoryDisk()
      yield* disk.makeDirectory("/out")
      const plain = yield* write(disk, "/out/a.csv")
      const gzip = yield* write(disk, "/out/a.csv.gz")
      const zstd = yield* write(disk, "/out/a.csv.zst")
      assert.deepStrictEqual(Buffer.from(yield* disk.readFile("/out/a.csv")), content)
      assert.deepStrictEqual(zlib.gunzipSync(yield* disk.readFile("/out/a.csv.gz")), content)
      assert.deepStrictEqual(
        zlib.zstdDecompressSync(yield* disk.readFile("/out/a.csv.zst")),
        content,
      )
      for (const { contentSha256 } of [gzip, zstd]) assert.strictEqual(contentSha256, plain.sha256)
    }),
  )

  it.effect("takes no file's place, nor that of a sidecar", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      memory.put("/out/a.csv", "mine")
      memory.put("/out/b.csv.json", "mine")
      for (const file of ["/out/a.csv", "/out/b.csv"]) {
        const failed = yield* Effect.flip(write(memory.disk, file))
        assert.include(failed.message, "EEXIST")
      }
      assert.strictEqual(memory.text("/out/a.csv"), "mine")
    }),
  )

  it.effect(
    "is one writer's where two write to one name, whole, and takes away its own alone",
    () =>
      Effect.gen(function* () {
        const memory = new MemoryDisk()
        memory.put("/out/a.csv.tmp", "mine")
        const first = yield* ExportFile.open(memory.disk, "/out/a.csv")
        const second = yield* ExportFile.open(memory.disk, "/out/a.csv")
        yield* first.add(content)
        yield* second.add(Buffer.from("other"))
        yield* first.finish(facts)
        const failed = yield* Effect.flip(second.finish(facts))
        assert.include(failed.message, "EEXIST")
        yield* second.abandon
        yield* first.abandon
        assert.deepStrictEqual([...memory.files.keys()].toSorted(), [
          "/out/a.csv",
          "/out/a.csv.json",
          "/out/a.csv.tmp",
        ])
        assert.strictEqual(memory.text("/out/a.csv"), content.toString())
        assert.strictEqual(memory.text("/out/a.csv.tmp"), "mine")
        const sidecar = Sidecar.decode(Buffer.from(memory.text("/out/a.csv.json") ?? ""))
        assert.strictEqual(sidecar?.bytes, content.length)
      }),
  )

  it.effect("takes no place of a file that came while it was written", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      yield* memory.disk.makeDirectory("/out")
      const opened = yield* ExportFile.open(memory.disk, "/out/a.csv")
      yield* opened.add(content)
      memory.put("/out/a.csv", "mine")
      assert.include((yield* Effect.flip(opened.finish(facts))).message, "EEXIST")
      yield* opened.abandon
      assert.deepStrictEqual([...memory.files.keys()], ["/out/a.csv"])
      assert.strictEqual(memory.text("/out/a.csv"), "mine")
    }),
  )

  it.effect("is whole under its name, or not there, whenever the power goes", () =>
    Effect.gen(function* () {
      const file = "/out/a.csv.gz"
      const first = new PowerLossDisk(["/out"])
      yield* write(first.disk, file)
      for (let call = 1; call <= first.calls; call += 1) {
        const disk = new PowerLossDisk(["/out"])
        disk.cutPower({ call, when: "after" })
        const done = yield* Effect.result(write(disk.disk, file))
        const after = disk.crash(randomOf(call))
        assert.isTrue(isWhole(after, file) || done._tag === "Failure", `call ${call}`)
      }
    }),
  )

  it.effect("leaves nothing behind when a call fails", () =>
    Effect.gen(function* () {
      const first = new PowerLossDisk(["/out"])
      yield* write(first.disk, "/out/a.csv")
      // The last call syncs the name, which is there by then.
      for (let call = 2; call < first.calls; call += 1) {
        const disk = new PowerLossDisk(["/out"])
        disk.plan({ call, errno: "ENOSPC" })
        assert.isTrue(Exit.isFailure(yield* Effect.exit(write(disk.disk, "/out/a.csv"))))
        assert.isEmpty(disk.namesIn("/out"), disk.journal.join("\n"))
      }
    }),
  )
})
