import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { randomOf } from "../testing/SeededRandom.ts"
import { checkpointText, entriesOf, verifierKeyText } from "../testing/TrailFixture.ts"
import { openSession, publishedFiles } from "../testing/TrailSession.ts"
import { encode } from "./EntryBundle.ts"
import * as SignedNote from "./SignedNote.ts"
import { verify } from "./Verifier.ts"

const seed = Number(process.env["CRASH_SEED"] ?? 1)
const directory = "/data/trail"
const entries = entriesOf(600)
const expected = publishedFiles(entries)
const verifierKey = Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText()))
const options = { segmentBytesMax: 5000 }
const freshDisk = () => new PowerLossDisk([directory])

/** Writes, publishes twice, syncs, prunes and closes; tells how far the log has acknowledged. */
const work = (power: PowerLossDisk, acknowledge: (size: number) => void) =>
  Effect.gen(function* () {
    const { close, wal, writer } = yield* openSession(directory, options)
    for (let from = 0; from < entries.length; from += 60) {
      const batch = entries.slice(from, from + 60)
      const payload = encode(batch.map((entry) => Buffer.from(entry)))
      yield* wal.append([{ payload, count: batch.length }], 0)
      acknowledge(from + batch.length)
      yield* writer.append(payload, payload.length, batch.length, from)
      if (from === 180 || from === 420) yield* writer.publish
      if (from === 300) yield* wal.prune(yield* writer.sync(Infinity))
    }
    yield* close
  }).pipe(Effect.scoped, Effect.provide(power.layer), Effect.exit)

const seenSize = (power: PowerLossDisk): number =>
  Number(power.peek(`${directory}/checkpoint`)?.toString().split("\n")[1] ?? 0)

/** Goes on with what is left, to the end, and compares all that is then published. */
const goOn = (left: PowerLossDisk, durable: number, seen: number, where: string) =>
  Effect.gen(function* () {
    const { recovered, write, writer } = yield* openSession(directory, options)
    const size = recovered.nextSequence
    assert.isAtLeast(size, durable, `acknowledged entries are lost ${where}`)
    assert.isAtLeast(size, seen, `entries of a checkpoint are lost ${where}`)
    assert.isAtMost(size, entries.length, `entries are invented ${where}`)
    yield* write(entries.slice(size), 200)
    yield* writer.publish
    for (const [name, hex] of expected) {
      assert.strictEqual(
        left.peek(`${directory}/${name}`)?.toString("hex"),
        hex,
        `${name} ${where}`,
      )
    }
    const note = left.peek(`${directory}/checkpoint`)?.toString() ?? ""
    assert.isTrue(note.startsWith(`${checkpointText(entries)}\n`), `the checkpoint ${where}`)
    const report = yield* verify(directory, { verifierKey })
    assert.strictEqual(report.verdict, "verified", `${where}: ${JSON.stringify(report)}`)
  }).pipe(Effect.scoped, Effect.provide(left.layer))

/** The disk as it is when the power goes at a call, and what was promised by then. */
const stopped = Effect.fnUntraced(function* (call: number, when: "before" | "after") {
  const power = freshDisk()
  power.cutPower({ call, when })
  let durable = 0
  yield* work(power, (size) => (durable = size))
  const seen = seenSize(power)
  const note = power.peek(`${directory}/checkpoint`)?.toString()
  if (note !== undefined) {
    assert.isTrue(note.startsWith(`${checkpointText(entries.slice(0, seen))}\n`), `call ${call}`)
  }
  return { power, durable, seen, where: `${when} call ${call}, ${power.journal.at(-1)}` }
})

const countCalls = Effect.gen(function* () {
  const power = freshDisk()
  let durable = 0
  const exit = yield* work(power, (size) => (durable = size))
  assert.strictEqual(exit._tag, "Success")
  assert.strictEqual(durable, entries.length)
  return power.calls
})

describe(`a power loss, CRASH_SEED=${seed}`, () => {
  it.live(
    "before or after any call loses nothing acknowledged and invents nothing",
    () =>
      Effect.gen(function* () {
        const calls = yield* countCalls
        assert.isAbove(calls, 60)
        for (let call = 1; call <= calls; call += 1) {
          for (const when of ["before", "after"] as const) {
            const { durable, power, seen, where } = yield* stopped(call, when)
            const left = power.crash(randomOf(seed * 100_000 + call * 2 + Number(when === "after")))
            yield* goOn(left, durable, seen, where)
          }
        }
      }),
    60_000,
  )

  it.live(
    "during the recovery from another one loses nothing either",
    () =>
      Effect.gen(function* () {
        const calls = yield* countCalls
        for (let call = 5; call <= calls; call += 11) {
          const { durable, power, seen, where } = yield* stopped(call, "after")
          for (let again = 1; again <= 16; again += 3) {
            const random = randomOf(seed * 100_000 + call * 100 + again)
            const first = power.crash(random)
            first.cutPower({ call: again, when: "after" })
            yield* Effect.exit(
              openSession(directory, options).pipe(
                Effect.andThen(({ writer }) => writer.publish),
                Effect.scoped,
                Effect.provide(first.layer),
              ),
            )
            const seenNow = Math.max(seen, seenSize(first))
            yield* goOn(first.crash(random), durable, seenNow, `${where}, again at ${again}`)
          }
        }
      }),
    60_000,
  )
})
