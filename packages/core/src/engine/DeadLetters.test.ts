import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { Signer } from "../signer/Signer.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { verify } from "../trail/Verifier.ts"
import { checkLog } from "../trail/LogVerifier.ts"
import { FaultyDisk } from "../testing/FaultyDisk.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { causeTextBytesMax } from "./CauseText.ts"
import { buried, type LetterAct, type LetterNote } from "./DeadLetter.ts"
import { causeOf, DeadLetters, readOpenLetters } from "./DeadLetters.ts"
import { SinkError } from "./Sink.ts"

const trail = "example.org/audit/letters"
const directory = "/trail"
const newSigner = Effect.provide(Effect.service(Signer), KeySigner.layerEphemeral)
const entryOf = (sequence: number) => Buffer.from(`{"id":"record-${sequence}"}`)
const letterOf = (sequence: number, cause = "refused") => buried(sequence, entryOf(sequence), cause)
const noteOf = (act: LetterAct, sequence: number): LetterNote => ({
  act,
  sequence,
  reason: "the column was widened",
  actor: { id: "u-1", type: "user" },
})

let now = Date.parse("2026-11-21T09:00:00Z")

const make = Effect.fnUntraced(function* (disk: Disk["Service"], own?: Signer["Service"]) {
  const signer = own ?? (yield* newSigner)
  return (lettersMax = 10) =>
    new DeadLetters({
      disk,
      directory,
      trail,
      sink: "table",
      signer: () => signer,
      lettersMax,
      nowMillis: () => (now += 1000),
    })
})

const openOf = (letters: DeadLetters) => letters.open.all().map(({ sequence }) => sequence)

describe("DeadLetters", () => {
  it.live("are a trail that is verified like any other, and names who changed a cause", () =>
    Effect.gen(function* () {
      const root = yield* temporaryDirectory
      const disk = yield* Disk
      const signer = yield* newSigner
      const letters = new DeadLetters({
        disk,
        directory: root,
        trail,
        sink: "table",
        signer: () => signer,
        nowMillis: () => 0,
      })
      yield* letters.bury(letterOf(3))
      yield* letters.bury(letterOf(9))
      yield* letters.rest
      const [name = ""] = yield* disk.list(letters.directory)
      const own = path.join(letters.directory, name)
      const text = Buffer.from(yield* disk.readFile(`${own}.vkey`)).toString()
      const verifierKey = Result.getOrThrow(SignedNote.parseVerifierKey(text.trim()))
      const judge = Effect.map(
        verify(own, { verifierKey, log: checkLog(own) }),
        ({ entries, verdict }) => `${verdict} ${entries}`,
      )
      assert.strictEqual(yield* judge, "verified 2")
      const bundle = path.join(own, "tile/entries/000.p/2")
      const bytes = Buffer.from(yield* disk.readFile(bundle))
      bytes.write("rEfused", bytes.indexOf("refused"))
      yield* disk.writeFile(bundle, [bytes], { sync: false })
      assert.strictEqual(yield* judge, "tampered 2")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )

  it.effect("say what is open: refused, and neither replayed nor dropped since", () =>
    Effect.gen(function* () {
      const lettersOf = yield* make(new MemoryDisk().disk)
      const letters = lettersOf()
      for (const sequence of [1, 2, 3]) yield* letters.bury(letterOf(sequence))
      yield* letters.write([
        noteOf("requested", 1),
        noteOf("requested", 2),
        noteOf("dropped", 3),
        noteOf("replayed", 2),
        noteOf("requested", 3),
        noteOf("shown", 1),
      ])
      yield* letters.bury(letterOf(1, "refused again"))
      yield* letters.rest
      const again = lettersOf()
      yield* again.load
      for (const each of [letters, again]) {
        assert.deepStrictEqual(openOf(each), [1])
        assert.deepInclude(each.open.get(1), {
          cause: "refused again",
          refusals: 2,
          isRequested: false,
        })
      }
    }),
  )

  it.effect("show a decision that another process noted, and let it: the trail is given back", () =>
    Effect.gen(function* () {
      const lettersOf = yield* make(new MemoryDisk().disk)
      const engine = lettersOf()
      yield* engine.bury(letterOf(1))
      assert.isTrue(engine.isHeld)
      const person = lettersOf()
      const locked = yield* Effect.flip(person.write([noteOf("dropped", 1)]))
      assert.strictEqual(locked._tag, "TrailLocked")
      yield* engine.rest
      yield* person.write([noteOf("dropped", 1)])
      yield* person.rest
      yield* engine.look
      assert.isEmpty(openOf(engine))
      yield* engine.bury(letterOf(2))
      assert.deepStrictEqual(openOf(engine), [2])
    }),
  )

  it.effect("go on in a trail of another key when the key has changed; all are read", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const before = (yield* make(memory.disk))()
      yield* before.bury(letterOf(1))
      yield* before.bury(letterOf(2))
      yield* before.rest
      const after = (yield* make(memory.disk))()
      yield* after.load
      yield* after.write([noteOf("dropped", 1)])
      yield* after.rest
      const read = yield* readOpenLetters(directory, "table").pipe(
        Effect.provideService(Disk, memory.disk),
      )
      assert.deepStrictEqual(
        read.all().map(({ sequence }) => sequence),
        [2],
      )
    }),
  )

  it.effect("have each note on the disk and signed, or an error, whichever call fails", () =>
    Effect.gen(function* () {
      const signer = yield* newSigner
      for (const call of ["write", "datasync", "replaceFile", "syncDirectory"] as const) {
        for (let skip = 0; skip < 4; skip++) {
          const memory = new MemoryDisk()
          let seen = 0
          const isHit = (file: string) => file.includes("dead-letters") && seen++ === skip
          const { disk } = new FaultyDisk(memory.disk, [{ call, path: isHit, errno: "EIO" }])
          const letters = (yield* make(disk, signer))()
          const tries = yield* Effect.forEach([1, 2, 1, 2], (sequence) =>
            Effect.exit(letters.bury(letterOf(sequence))),
          )
          const failed = tries.filter(({ _tag }) => _tag === "Failure")
          assert.isAtMost(failed.length, 1, `${call} ${skip}`)
          yield* Effect.exit(letters.rest)
          const reader = (yield* make(memory.disk, signer))()
          yield* reader.load
          assert.deepStrictEqual(openOf(reader), [1, 2], `${call} ${skip}`)
        }
      }
    }),
  )

  it.effect("know of a note that was written and could not be signed at first", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const isCheckpoint = (file: string) => file.endsWith("/checkpoint")
      const faults = [{ call: "replaceFile", path: isCheckpoint, errno: "EIO" }] as const
      const letters = (yield* make(new FaultyDisk(memory.disk, faults).disk))()
      yield* Effect.flip(letters.bury(letterOf(1)))
      yield* letters.bury(letterOf(2))
      assert.deepStrictEqual(openOf(letters), [1, 2])
    }),
  )

  it.effect("are mended from their log after a power failure took what was not synced", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const lettersOf = yield* make(memory.disk)
      yield* lettersOf().bury(letterOf(1))
      for (const file of memory.files.keys()) {
        if (file.includes("/tile/")) memory.files.delete(file)
        // Whoever held it is gone.
        if (/\/lease\.\d+$/u.test(file)) memory.put(file, "")
      }
      const reader = readOpenLetters(directory, "table").pipe(
        Effect.provideService(Disk, memory.disk),
      )
      assert.strictEqual((yield* Effect.flip(reader))._tag, "TrailDamaged")
      const letters = lettersOf()
      yield* letters.load
      assert.deepStrictEqual(openOf(letters), [1])
      assert.strictEqual((yield* reader).size, 1)
    }),
  )

  it.effect("of a key that is gone keep no sink from its records when they can't be read", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const before = (yield* make(memory.disk))()
      yield* before.bury(letterOf(1))
      yield* before.rest
      for (const file of memory.files.keys()) {
        if (file.endsWith("/checkpoint")) memory.put(file, "nonsense")
      }
      const after = (yield* make(memory.disk))()
      yield* after.load
      yield* after.bury(letterOf(2))
      assert.deepStrictEqual(openOf(after), [2])
      // A person is told.
      const read = Effect.flip(readOpenLetters(directory, "table"))
      const error = yield* read.pipe(Effect.provideService(Disk, memory.disk))
      assert.strictEqual(error._tag, "NoteMalformed")
    }),
  )

  it.effect("are bounded: a sink that refuses everything waits until some are settled", () =>
    Effect.gen(function* () {
      const lettersOf = yield* make(new MemoryDisk().disk)
      const letters = lettersOf(2)
      yield* letters.bury(letterOf(1))
      yield* letters.bury(letterOf(2))
      const error = yield* Effect.flip(letters.bury(letterOf(3)))
      assert.strictEqual(error.code, "AUD-4103")
      // One that is there already takes no more room.
      yield* letters.bury(letterOf(2))
      yield* letters.rest
      const person = lettersOf()
      yield* person.write([noteOf("dropped", 1)])
      yield* person.rest
      yield* letters.bury(letterOf(3))
      assert.deepStrictEqual(openOf(letters), [2, 3])
    }),
  )

  it.effect("take more decisions at once than a frame of the log holds, in parts", () =>
    Effect.gen(function* () {
      const faulty = new FaultyDisk(new MemoryDisk().disk)
      const lettersOf = yield* make(faulty.disk)
      const letters = lettersOf()
      const sequences = Array.from({ length: 1400 }, (_, index) => index)
      yield* letters.write(sequences.map((sequence) => letterOf(sequence)))
      yield* letters.write(sequences.slice(1).map((sequence) => noteOf("dropped", sequence)))
      yield* letters.rest
      // The largest note has 49,152 bytes, and a frame at most 64 MiB: 1365 of them.
      const signed = faulty.count("replaceFile", (file) => file.endsWith("/checkpoint"))
      assert.isAtLeast(signed, 6)
      const again = lettersOf()
      yield* again.load
      for (const each of [letters, again]) assert.deepStrictEqual(openOf(each), [0])
    }),
  )

  it.effect("keep no more of a cause in memory than a line of it", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const letters = (yield* make(memory.disk))()
      yield* letters.bury(letterOf(1, "no ".repeat(1000)))
      yield* letters.rest
      assert.strictEqual(letters.open.get(1)?.cause.length, 200)
      const read = yield* readOpenLetters(directory, "table").pipe(
        Effect.provideService(Disk, memory.disk),
      )
      assert.strictEqual(read.get(1)?.cause.length, 3000)
    }),
  )

  it("bound the words of a refusal", () => {
    const detail = "no ".repeat(10_000)
    const error = new SinkError({ sink: "table", reason: "rejected", detail })
    const cause = causeOf(Cause.fail(error))
    assert.isAtMost(Buffer.byteLength(cause), causeTextBytesMax)
    assert.isTrue(cause.startsWith("AUD-4101: sink table refused a record: no no"))
  })
})
