import { readdirSync, rmSync } from "node:fs"
import * as path from "node:path"
import { openAudit } from "@countersign/core/NodeAudit"
import { type Sink, SinkError } from "@countersign/core/engine/Sink"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { run } from "../testing/CommandLine.ts"

/** A sink that refuses what contains a text, as long as there is one. */
const picky = (taken: Array<string>) => {
  const state = { refuses: "" }
  const sink: Sink = {
    name: "table",
    position: () => Effect.succeed(undefined),
    deliver: (batch) =>
      Effect.suspend(() => {
        const texts = batch.entries.map((entry) => Buffer.from(entry).toString())
        if (state.refuses !== "" && texts.some((text) => text.includes(state.refuses))) {
          return Effect.fail(
            new SinkError({ sink: "table", reason: "rejected", detail: "value too long" }),
          )
        }
        taken.push(...texts)
        return Effect.void
      }),
    close: Effect.void,
  }
  return { sink, state }
}

const event = (id: string) => ({
  id,
  type: "patient.record.read",
  class: "critical" as const,
  actor: { id: "u-1" },
  outcome: "success" as const,
})

/** A trail whose sink has refused two records. */
const prepared = Effect.gen(function* () {
  const cwd = yield* temporaryDirectory
  const directory = path.join(cwd, "trail")
  const taken: Array<string> = []
  const { sink, state } = picky(taken)
  state.refuses = "poison"
  const open = () => openAudit({ directory, sinks: [sink], signals: false })
  yield* Effect.promise(async () => {
    const audit = await open()
    for (const id of ["first", "poison-1", "second", "poison-2"]) await audit.record(event(id))
    await audit.close()
  })
  const dlq = (...args: ReadonlyArray<string>) =>
    Effect.promise(() => run(["dlq", ...args], { cwd }))
  const listed = Effect.map(dlq("list", "trail", "--json"), ({ stdout }) =>
    (JSON.parse(stdout) as ReadonlyArray<{ sequence: number; cause: string }>).toSorted(
      (a, b) => a.sequence - b.sequence,
    ),
  )
  return { cwd, dlq, listed, open, state, taken }
})

describe("countersign dlq", () => {
  it.live(
    "lists, shows, replays and drops, and each of it is in a trail that verifies",
    () =>
      Effect.gen(function* () {
        const { cwd, dlq, listed, open, state, taken } = yield* prepared
        const [first, second] = yield* listed
        assert.include(first?.cause ?? "", "value too long")
        const shown = yield* dlq("show", "trail", "table", String(first?.sequence))
        assert.include(shown.stdout, '"id": "poison-1"')

        const unreasoned = yield* dlq("drop", "trail", "table", String(second?.sequence))
        assert.strictEqual(unreasoned.code, 64)
        const place = ["trail", "table", String(second?.sequence)]
        const dropped = yield* dlq("drop", ...place, "--reason", "a test record")
        assert.strictEqual(dropped.code, 0, dropped.stderr)
        const asked = yield* dlq("replay", "trail", "table", "--all", "--reason", "column widened")
        assert.strictEqual(asked.code, 0, asked.stderr)
        assert.include(asked.stdout, "1 record will be replayed")

        state.refuses = ""
        yield* Effect.promise(async () => {
          const audit = await open()
          for (let tries = 0; audit.status().sinks[0]?.openLetters !== 0 && tries < 200; tries++) {
            await new Promise((resolve) => setTimeout(resolve, 25))
          }
          await audit.close()
        })
        assert.strictEqual(taken.filter((text) => text.includes("poison-1")).length, 1)
        assert.strictEqual(taken.filter((text) => text.includes("poison-2")).length, 0)
        assert.deepStrictEqual(yield* listed, [])

        const own = path.join(cwd, "trail", "dead-letters", "table")
        const key = readdirSync(own).find((name) => /^[0-9a-f]{8}$/.test(name)) ?? ""
        const verified = yield* Effect.promise(() => run(["verify", path.join(own, key)], { cwd }))
        assert.strictEqual(verified.code, 0, verified.stdout)
        const notes = yield* Effect.promise(() =>
          run(["query", path.join(own, key), "type~audit.*", "--json"], { cwd }),
        )
        const acts = notes.stdout
          .trim()
          .split("\n")
          .map((line) => /"type":"audit\.dead-letter\.(\w+)"/.exec(line)?.[1])
        assert.deepStrictEqual(acts, [
          "buried",
          "buried",
          "shown",
          "shown",
          "dropped",
          "requested",
          "replayed",
        ])
        assert.include(notes.stdout, "a test record")
        assert.include(notes.stdout, "column widened")
      }),
    120_000,
  )

  it.live(
    "lets nobody without the key decide, and says of a look that it is not recorded",
    () =>
      Effect.gen(function* () {
        const { cwd, dlq, listed } = yield* prepared
        rmSync(path.join(cwd, "trail.key"))
        const refused = yield* dlq("drop", "trail", "table", "--all", "--reason", "none")
        assert.strictEqual(refused.code, 64)
        assert.include(refused.stderr, "there is no")
        assert.lengthOf(yield* listed, 2)
        const looked = yield* dlq("list", "trail")
        assert.include(looked.stderr, "this look is not recorded")
        assert.include(looked.stdout, "2 dead letters")
      }),
    120_000,
  )
})
