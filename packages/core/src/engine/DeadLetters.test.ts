import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { FaultyDisk } from "../testing/FaultyDisk.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { causeTextBytesMax } from "./CauseText.ts"
import * as DeadLetters from "./DeadLetters.ts"
import { SinkError } from "./Sink.ts"

const file = DeadLetters.fileOf("/trail", "postgres")
const sizeBytesMax = 1024 * 1024
const letterOf = (sequence: number): DeadLetters.DeadLetter => ({
  trail: "example.org/audit/letters",
  sequence,
  cause: "refused",
  entry: Buffer.from(`{"id":"record-${sequence}"}`),
})
const linesOf = (...sequences: ReadonlyArray<number>) =>
  sequences.map((sequence) => DeadLetters.encode(letterOf(sequence))).join("")

describe("DeadLetters", () => {
  it.effect("appends one line a letter, each synced before the call returns", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const { disk, journal } = new FaultyDisk(memory.disk)
      yield* DeadLetters.append(disk, file, letterOf(3), sizeBytesMax)
      const calls = journal.map(({ call, path }) => `${call} ${path}`)
      assert.deepStrictEqual(calls.slice(-5), [
        `write ${file}`,
        `datasync ${file}`,
        `close ${file}`,
        "syncDirectory /trail/dead-letters",
        "syncDirectory /trail",
      ])
      yield* DeadLetters.append(disk, file, letterOf(9), sizeBytesMax)
      assert.strictEqual(memory.text(file), linesOf(3, 9))
    }),
  )

  it.effect("cuts a torn line off, wherever the write was torn", () =>
    Effect.gen(function* () {
      const line = DeadLetters.encode(letterOf(2))
      for (let prefixBytes = 0; prefixBytes < line.length - 1; prefixBytes++) {
        const memory = new MemoryDisk()
        memory.put(file, linesOf(1))
        const { disk } = new FaultyDisk(memory.disk, [
          { call: "write", errno: "ENOSPC", outcome: { prefixBytes } },
        ])
        yield* Effect.flip(DeadLetters.append(disk, file, letterOf(2), sizeBytesMax))
        yield* DeadLetters.append(disk, file, letterOf(2), sizeBytesMax)
        assert.strictEqual(memory.text(file), linesOf(1, 2))
      }
    }),
  )

  it.effect("puts each letter on the disk, also after a sync that failed", () =>
    Effect.gen(function* () {
      // Long, so that a letter has sectors of its own.
      const long = { ...letterOf(2), cause: "refused ".repeat(200) }
      const power = new PowerLossDisk(["/trail"])
      const { disk } = power
      yield* DeadLetters.append(disk, file, letterOf(1), sizeBytesMax)
      // What a sync could not write the kernel may drop, and show all the same.
      power.plan({ call: power.calls + 2, errno: "EIO" })
      yield* Effect.flip(DeadLetters.append(disk, file, long, sizeBytesMax))
      yield* DeadLetters.append(disk, file, long, sizeBytesMax)
      yield* DeadLetters.append(disk, file, letterOf(3), sizeBytesMax)
      const lines = `${linesOf(1)}${DeadLetters.encode(long)}${linesOf(3)}`
      assert.strictEqual(power.peek(file)?.toString(), lines)
      assert.strictEqual(
        power
          .crash(() => 0)
          .peek(file)
          ?.toString(),
        lines,
      )
    }),
  )

  it.effect("makes the file's name durable when the first attempt could not", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/trail"])
      yield* DeadLetters.append(power.disk, file, letterOf(1), sizeBytesMax)
      const again = new PowerLossDisk(["/trail"])
      again.plan({ call: power.calls - 1, errno: "EIO" })
      yield* Effect.flip(DeadLetters.append(again.disk, file, letterOf(1), sizeBytesMax))
      yield* DeadLetters.append(again.disk, file, letterOf(1), sizeBytesMax)
      assert.strictEqual(
        again
          .crash(() => 0.9)
          .peek(file)
          ?.toString(),
        linesOf(1),
      )
    }),
  )

  it.effect("leaves nothing of a torn line that was longer than the next letter", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      memory.put(file, `${linesOf(1)}{"trail":"${"x".repeat(5000)}`)
      yield* DeadLetters.append(memory.disk, file, letterOf(2), sizeBytesMax)
      assert.strictEqual(memory.text(file), linesOf(1, 2))
    }),
  )

  it.effect("keeps a last line that only lacks its end, as an editor may leave it", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      memory.put(file, linesOf(1, 2).trimEnd())
      yield* DeadLetters.append(memory.disk, file, letterOf(3), sizeBytesMax)
      assert.strictEqual(memory.text(file), linesOf(1, 2, 3))
    }),
  )

  it.effect("refuses to grow beyond its bound, and goes on once the file is moved away", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const bound = linesOf(1, 2).length
      yield* DeadLetters.append(memory.disk, file, letterOf(1), bound)
      yield* DeadLetters.append(memory.disk, file, letterOf(2), bound)
      const error = yield* Effect.flip(DeadLetters.append(memory.disk, file, letterOf(3), bound))
      assert.strictEqual(error.code, "AUD-4103")
      assert.strictEqual(memory.text(file), linesOf(1, 2))
      yield* memory.disk.rename(file, `${file}.old`)
      yield* DeadLetters.append(memory.disk, file, letterOf(3), bound)
      assert.strictEqual(memory.text(file), linesOf(3))
    }),
  )

  it("bounds the words of a refusal", () => {
    const detail = "no ".repeat(10_000)
    const error = new SinkError({ sink: "postgres", reason: "rejected", detail })
    const cause = DeadLetters.causeOf(Cause.fail(error))
    assert.isAtMost(Buffer.byteLength(cause), causeTextBytesMax)
    assert.isTrue(cause.startsWith("AUD-4101: sink postgres refused a record: no no"))
  })
})
