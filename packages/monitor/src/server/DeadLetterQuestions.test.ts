import * as fs from "node:fs"
import * as path from "node:path"
import { type Sink, SinkError } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { FaultySink } from "@countersign/core/testing/FaultySink"
import * as MemorySink from "@countersign/core/testing/MemorySink"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { findLetters, settleLetters } from "./DeadLetterQuestions.ts"
import type { MonitorClient } from "./MonitorClient.ts"
import { type ServedEngine, served } from "../testing/ServedEngine.ts"

const intent = { actor: "u-9", reason: "the column is wider now" }

const writes = "patient.record.write"

/** An engine over so many records, of which a sink has refused some; those are writes, but for 3. */
const refused = <A, E>(
  { count, data, sequences }: { sequences: ReadonlyArray<number>; count: number; data?: unknown },
  use: (served: ServedEngine) => Effect.Effect<A, E>,
) => {
  const sink = new FaultySink(MemorySink.make())
  for (const sequence of sequences) sink.reject(sequence)
  const wordy: Sink = {
    name: sink.name,
    position: sink.position,
    deliver: (batch) =>
      Effect.mapError(
        sink.deliver(batch),
        ({ detail, reason }) =>
          new SinkError({ sink: sink.name, reason, detail: `${detail}${" of many".repeat(50)}` }),
      ),
    close: sink.close,
  }
  return served(
    (engine) =>
      Effect.gen(function* () {
        const { audit } = engine
        for (let index = 1; index < count; index += 1) {
          const isWrite = index !== 3 && sequences.includes(index)
          const type = isWrite ? writes : "patient.record.read"
          const event = { ...AuditFixture.event, type, class: "standard" as const }
          yield* audit.record({ ...event, ...(isWrite && data !== undefined ? { data } : {}) })
        }
        yield* audit.publish
        yield* Effect.suspend(() =>
          audit.status().sinks[0]?.openLetters === sequences.length
            ? Effect.void
            : Effect.fail("not yet"),
        ).pipe(Effect.retry(Schedule.spaced("20 millis")))
        return yield* use(engine)
      }),
    { isWritable: true },
    undefined,
    { sinks: [wordy] },
  )
}

/** Two of eight. */
const refusing = <A, E>(use: (served: ServedEngine) => Effect.Effect<A, E>) =>
  refused({ sequences: [3, 5], count: 8 }, use)

/** A disk that takes back the bytes of a file when the next one is read. */
const forgetful = (): Disk["Service"] => {
  let last: Uint8Array | undefined
  return {
    ...AuditFixture.nodeDisk,
    readFile: (file) =>
      Effect.map(AuditFixture.nodeDisk.readFile(file), (bytes) => {
        last?.fill(0)
        last = bytes
        return bytes
      }),
  }
}

const lettersOf = (client: MonitorClient, filter = "") =>
  Effect.map(client.Letters({ filter }), ({ letters }) =>
    letters.map(({ isRequested, sequence, type }) => [sequence, type, isRequested]),
  )

const settling = (client: MonitorClient, sequences: ReadonlyArray<number>, isDryRun: boolean) =>
  client.SettleLetters({ sink: "memory", sequences, act: "replay", isDryRun, intent })

describe("DeadLetterQuestions", () => {
  it.live("finds refused records by what they are", () =>
    refusing(({ client }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* lettersOf(client), [
          [3, "patient.record.read", false],
          [5, "patient.record.write", false],
        ])
        assert.deepStrictEqual(yield* lettersOf(client, "type=patient.record.write"), [
          [5, "patient.record.write", false],
        ])
        const found = yield* client.Letters({ filter: "type=nothing.like.it" })
        assert.deepStrictEqual([found.open, found.letters.length, found.unjudged], [2, 0, 0])
        const error = yield* Effect.flip(client.Letters({ filter: "type=" }))
        assert.strictEqual(error._tag === "MonitorRefused" ? error.reason : "", "invalid")
      }),
    ),
  )

  it.live("says what a replay would do, and does nothing", () =>
    refusing(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const plan = yield* settling(client, [5, 3, 4, 5], true)
        assert.isFalse(plan.isDone)
        assert.deepStrictEqual(plan.sequences, [3, 5])
        assert.deepStrictEqual(plan.gone, [4])
        assert.isAbove(plan.bytes, 200)
        assert.deepStrictEqual(
          (yield* lettersOf(client)).map(([, , isRequested]) => isRequested),
          [false, false],
        )
        yield* audit.publish
        const types = (yield* fixture.trail).map(({ type }) => type)
        assert.notInclude(types, "countersign.monitor.letters")
      }),
    ),
  )

  it.live("asks for records again, and the trail says who wanted it and why", () =>
    refusing(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const settled = yield* settling(client, [3, 5], false)
        assert.isTrue(settled.isDone)
        const history = yield* client.LetterHistory({ sink: "memory", sequence: 5 })
        assert.deepStrictEqual(
          history.map(({ act, actor }) => [act, actor]),
          [
            ["buried", "countersign"],
            ["requested", "u-9"],
          ],
        )
        yield* audit.publish
        const written = (yield* fixture.trail).filter(
          ({ type }) => type === "countersign.monitor.letters",
        )
        assert.deepStrictEqual(
          written.map(({ actor, outcome, reason }) => [outcome, actor.id, reason]),
          [
            ["attempt", "u-9", intent.reason],
            ["success", "u-9", intent.reason],
          ],
        )
        assert.deepStrictEqual(AuditFixture.dataOf(written[0])["sequences"], "3, 5")
      }),
    ),
  )

  it.live("decides about nothing that is settled, and about no other folder", () =>
    refusing(({ client }) =>
      Effect.gen(function* () {
        const reasonOf = (sink: string, sequences: ReadonlyArray<number>) =>
          Effect.map(
            Effect.flip(
              client.SettleLetters({ sink, sequences, act: "drop", isDryRun: false, intent }),
            ),
            (error) => (error._tag === "MonitorRefused" ? error.reason : ""),
          )
        assert.strictEqual(yield* reasonOf("memory", [4]), "not-found")
        assert.strictEqual(yield* reasonOf("../..", [3]), "not-found")
        assert.isEmpty(yield* client.LetterHistory({ sink: "../..", sequence: 3 }))
      }),
    ),
  )

  it.live("shows the beginning of a cause, and all of it in the history", () =>
    refusing(({ client }) =>
      Effect.gen(function* () {
        const { letters } = yield* client.Letters({ filter: "" })
        const [note] = yield* client.LetterHistory({ sink: "memory", sequence: 3 })
        const reason = note?.reason ?? ""
        assert.isAbove(reason.length, 400)
        const shown = letters[0]?.cause ?? ""
        assert.strictEqual(Buffer.byteLength(shown), 200)
        assert.strictEqual(shown, `${reason.slice(0, shown.length - 1)}…`)
        assert.strictEqual((yield* client.DeadLetters())[0]?.cause, shown)
      }),
    ),
  )

  it.live("has judged a bundle before the next one is read, and keeps nothing of it", () =>
    refused({ sequences: [3, 300, 520], count: 600 }, ({ directory }) =>
      Effect.gen(function* () {
        const onForgetful = Effect.provideServiceEffect(Disk, Effect.sync(forgetful))
        const { letters } = yield* onForgetful(findLetters(directory, ""))
        assert.deepStrictEqual(
          letters.map(({ type }) => type),
          ["patient.record.read", writes, writes],
        )
        const settling = { sink: "memory", sequences: [3, 300, 520], act: "drop", intent } as const
        const plan = yield* onForgetful(
          settleLetters(
            { decideLetters: () => Effect.die("nothing is decided") },
            directory,
            { ...settling, isDryRun: true },
            () => Effect.void,
          ),
        )
        assert.deepStrictEqual([plan.sequences, plan.changed], [[3, 300, 520], []])
      }),
    ),
  )

  it.live("reads each record once, and lets others have their turn between large ones", () => {
    const sequences = Array.from({ length: 40 }, (_, index) => index + 4)
    const large = 15_000
    return refused({ sequences, count: 45, data: "x".repeat(large) }, ({ directory }) =>
      Effect.gen(function* () {
        const [parse, sizes] = [JSON.parse, new Array<number>()]
        let since = 0
        const spy = vi.spyOn(JSON, "parse").mockImplementation((text, ...others) => {
          if (text.length > large) sizes.push((since += text.length))
          return parse(text, ...others)
        })
        let turn = setImmediate(function next() {
          since = 0
          turn = setImmediate(next)
        })
        const { letters } = yield* Effect.ensuring(
          Effect.provideService(
            findLetters(directory, `type=${writes}`),
            Disk,
            AuditFixture.nodeDisk,
          ),
          Effect.sync(() => {
            spy.mockRestore()
            clearImmediate(turn)
          }),
        )
        assert.lengthOf(letters, sequences.length)
        assert.lengthOf(sizes, sequences.length)
        assert.isBelow(Math.max(...sizes), 256 * 1024 + 2 * large)
      }),
    )
  })

  it.live("hides no letter behind a bundle that can't be read", () =>
    refused({ sequences: [3, 300], count: 600 }, ({ client, directory }) =>
      Effect.gen(function* () {
        const bundle = path.join(directory, TrailFixture.tilePath("entries", 0, 256))
        fs.writeFileSync(bundle, "no bundle")
        const all = yield* client.Letters({ filter: "" })
        assert.deepStrictEqual(
          all.letters.map(({ bytes, sequence }) => [sequence, bytes === null]),
          [
            [3, true],
            [300, false],
          ],
        )
        const found = yield* client.Letters({ filter: `type=${writes}` })
        assert.deepStrictEqual([found.letters.length, found.unjudged], [1, 1])
        const settled = yield* settling(client, [3, 300], false)
        assert.deepStrictEqual([settled.sequences, settled.changed], [[300], [3]])
      }),
    ),
  )
})
