import * as fs from "node:fs"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { entriesAt } from "./TrailFind.ts"
import { bundleOf, query } from "./TrailQuestions.ts"

const size = 5 * 256
const bundlePath = (directory: string, index: number) =>
  path.join(directory, TrailFixture.tilePath("entries", index, 256))

/** Over a disk on which something happens before each reading of a bundle. */
const reading = <A, E, R>(
  before: (file: string) => Effect.Effect<unknown>,
  use: Effect.Effect<A, E, R>,
) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const watched: Disk["Service"] = {
      ...disk,
      readFile: (file) =>
        Effect.andThen(
          file.includes(`${path.sep}entries${path.sep}`) ? before(file) : Effect.void,
          disk.readFile(file),
        ),
    }
    return yield* Effect.provideService(use, Disk, watched)
  })

describe("a bundle that can't be read", () => {
  it.effect("is read once where it is damaged: no moment mends that", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      fs.writeFileSync(bundlePath(directory, 1), "rubbish")
      let readings = 0
      const count = () =>
        Effect.sync(() => {
          readings += 1
        })
      const error = yield* Effect.flip(reading(count, bundleOf(directory, 256, 300)))
      assert.strictEqual(error._tag, "TrailDamaged")
      assert.strictEqual(readings, 1)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )

  it.live("is looked for again where it is missing, and read once a writer has put it there", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      const whole = bundlePath(directory, 1)
      const bytes = fs.readFileSync(whole)
      fs.rmSync(whole)
      let readings = 0
      const putBack = (file: string) =>
        Effect.sync(() => {
          if (file === whole) readings += 1
          if (readings === 2) fs.writeFileSync(whole, bytes)
        })
      const found = yield* reading(putBack, bundleOf(directory, 256, 300))
      assert.strictEqual(found.length, 44)
      assert.strictEqual(readings, 2)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})

describe("a question about events", () => {
  const placesOf = ({ events }: { events: ReadonlyArray<{ sequence: number }> }) =>
    events.map(({ sequence }) => sequence)

  for (const order of ["oldest", "newest"] as const) {
    it.effect(`goes on behind a bundle that can't be read, and says which (${order} first)`, () =>
      Effect.gen(function* () {
        const directory = yield* TrailFixture.trail(size)
        fs.writeFileSync(bundlePath(directory, 1), "rubbish")
        const page = yield* query(directory, { filter: "", order, limit: 1000 })
        const read = Array.from({ length: size }, (_, at) => at).filter(
          (at) => at < 256 || at > 511,
        )
        const expected = order === "newest" ? read.toReversed() : read
        assert.deepStrictEqual(placesOf(page), expected.slice(0, 1000))
        const [only, ...others] = page.damage
        assert.deepStrictEqual([only?.from, only?.to, others.length], [256, 512, 0])
        assert.match(only?.detail ?? "", /AUD-/)
      }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
    )
  }

  it.effect("ends after twenty of them, and says from where to go on", () =>
    Effect.gen(function* () {
      const bundles = 22
      const directory = yield* TrailFixture.trail(bundles * 256)
      for (let at = 0; at < bundles - 1; at += 1) {
        fs.writeFileSync(bundlePath(directory, at), "rubbish")
      }
      const ask = { filter: "", order: "oldest", limit: 1000 } as const
      const first = yield* query(directory, ask)
      assert.deepStrictEqual([first.damage.length, first.next, first.events.length], [20, 5120, 0])
      const second = yield* query(directory, { ...ask, from: first.next ?? 0 })
      assert.deepStrictEqual([second.damage.length, second.next], [1, null])
      assert.strictEqual(second.events.length, 256)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})

describe("Entries over a slow disk", () => {
  it.effect("ends after two seconds, and says from where to go on", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      fs.writeFileSync(bundlePath(directory, 1), "rubbish")
      const slow = () => TestClock.adjust("700 millis")
      const sequences = [3, 256, 515, 770, 1030]
      const first = yield* reading(slow, entriesAt(directory, sequences))
      assert.deepStrictEqual(
        first.events.map(({ sequence }) => sequence),
        [3, 515],
      )
      assert.strictEqual(first.damage[0]?.from, 256)
      assert.strictEqual(first.next, 770)
      const rest = yield* reading(slow, entriesAt(directory, [770, 1030]))
      assert.strictEqual(rest.events.length, 2)
      assert.isNull(rest.next)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )

  it.effect("looks at one bundle at least, however long that takes", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      const slow = () => TestClock.adjust("1 minute")
      const first = yield* reading(slow, entriesAt(directory, [3, 256]))
      assert.strictEqual(first.events.length, 1)
      assert.strictEqual(first.next, 256)
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})
