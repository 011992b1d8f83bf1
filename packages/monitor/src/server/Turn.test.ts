import * as fs from "node:fs"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { provenEvent } from "./EventProof.ts"
import { find } from "./TrailFind.ts"
import { query } from "./TrailQuestions.ts"
import { tail } from "./TrailTail.ts"

const filter = 'note="none" or note~"some*"'
// Each holds what is asked for, in another place: none is passed over before it is parsed.
const entries = Array.from(
  { length: 100 },
  (_, index) =>
    `{"id":"${index}","like":"sought","as":["note","none","some"],"text":"${"x".repeat(32 * 1024)}"}`,
)

const questions: Record<string, (directory: string) => Effect.Effect<unknown, unknown, Disk>> = {
  Query: (directory) => query(directory, { filter, order: "newest", limit: 10 }),
  Find: (directory) =>
    Effect.flatMap(Semaphore.make(1), (permits) =>
      find(directory, { filter, order: "oldest" }, { permits, isResting: false }).pipe(
        Stream.take(1),
        Stream.runDrain,
      ),
    ),
  "the beginning of Tail": (directory) =>
    tail(directory, { filter, backlog: 10 }).pipe(Stream.take(1), Stream.runDrain),
  "the rest of Tail": (directory) =>
    tail(directory, { filter, backlog: 0 }).pipe(
      Stream.take(2),
      Stream.runForEach(() =>
        Effect.sync(() =>
          TrailFixture.publish(directory, [...entries, ...entries, '{"note":"none"}']),
        ),
      ),
    ),
  "Event by an id": (directory) => Effect.ignore(provenEvent(directory, { id: "sought" })),
}

const statusOf = (file: string) => {
  const found = fs.statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  const { ino, mode, mtimeMs, nlink, size } = found
  const isDirectory = found.isDirectory()
  return { sizeBytes: size, isDirectory, links: nlink, inode: ino, mode, modifiedMillis: mtimeMs }
}

/** How often others had their turn until it was answered. */
const turnsDuring = (asked: Effect.Effect<unknown, unknown, Disk>) =>
  Effect.gen(function* () {
    let turns = 0
    let isOver = false
    const count = () => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    yield* Effect.ensuring(
      asked,
      Effect.sync(() => {
        isOver = true
      }),
    )
    return turns
  })

describe("a bundle of large entries", () => {
  for (const [name, ask] of Object.entries(questions)) {
    it.effect(`is parsed by ${name} in many turns`, () =>
      Effect.gen(function* () {
        const directory = yield* TrailFixture.trail(0)
        TrailFixture.publish(directory, entries)
        const disk = yield* Disk
        // A disk that answers at once, so that nothing but the question itself gives way.
        const immediate: Disk["Service"] = {
          ...disk,
          list: () => Effect.succeed([]),
          readFile: (file) => Effect.sync(() => disk.readFileUnsafe(file)),
          readRange: (file, position, length) =>
            Effect.sync(() => disk.readFileUnsafe(file).subarray(position, position + length)),
          status: (file) => Effect.sync(() => statusOf(file)),
        }
        const turns = yield* Effect.provideService(turnsDuring(ask(directory)), Disk, immediate)
        assert.isAtLeast(turns, 10)
      }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
    )
  }
})
