import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import {
  cursorOf,
  directory,
  dispatch,
  entryOf,
  FakeTrail,
  lettersOf,
  range,
  signer,
  stored,
  trail,
} from "../testing/DispatchFixture.ts"
import { FaultySink } from "../testing/FaultySink.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import * as MemorySink from "../testing/MemorySink.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { leafOf } from "./DeadLetter.ts"
import { readOpenLetters } from "./DeadLetters.ts"
import * as Dispatcher from "./Dispatcher.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as SinkCursor from "./SinkCursor.ts"
import * as Supervisor from "./Supervisor.ts"

describe("Delivery", () => {
  it.effect("interrupts a delivery that takes too long, and tries again", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const hanging = new FaultySink(sink)
      hanging.hang()
      const { publish, row } = yield* dispatch([hanging], {
        options: { deliverTimeout: "2 seconds" },
      })
      publish(3)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(row()?.state, "backing-off")
      assert.include(row()?.lastCause ?? "", "no answer within 2000 ms")
      hanging.resume()
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(stored(sink), range(0, 3))
    }),
  )

  it.effect("retries an unavailable or crashing sink for ever, and fails nothing else", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.next("fail", 40)
      faulty.next("crash", 40)
      const { dispatcher, publish, rows } = yield* dispatch([faulty])
      publish(3)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(rows()[0]?.state, "running")
      assert.isEmpty(stored(sink))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(stored(sink), range(0, 3))
      assert.strictEqual(faulty.calls, 81)
      assert.strictEqual(dispatcher.status()[0]?.lag, 0)
    }),
  )

  it.effect(
    "bisects a refused batch: the one record goes to the dead letters, the rest arrives",
    () =>
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const faulty = new FaultySink(sink)
        faulty.reject(13)
        const { dispatcher, memory, publish } = yield* dispatch([faulty])
        publish(20)
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(
          stored(sink),
          range(0, 20).filter((sequence) => sequence !== 13),
        )
        const [letter, ...others] = lettersOf(memory)
        assert.isEmpty(others)
        assert.deepInclude(letter, {
          sequence: 13,
          leaf: leafOf(entryOf(13)),
          cause: "AUD-4101: sink memory refused a record: record 13",
          refusals: 1,
        })
        assert.strictEqual(dispatcher.status()[0]?.deadLetters, 1)
        assert.strictEqual(dispatcher.status()[0]?.cursor, 20)
      }),
  )

  it.effect("does not pass a refused record before its letter is stored", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.reject(1)
      const {
        dispatcher,
        faulty: disk,
        memory,
        publish,
      } = yield* dispatch([faulty], {
        faults: [
          {
            call: "replaceFile",
            path: (file) => file.includes("dead-letters"),
            errno: "ENOSPC",
            times: Infinity,
          },
        ],
      })
      publish(3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(dispatcher.status()[0]?.cursor, 1)
      assert.deepStrictEqual(stored(sink), [0])
      disk.heal()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(stored(sink), [0, 2])
      assert.isAtLeast(lettersOf(memory).length, 1)
    }),
  )

  it.effect("delivers on while its dead letters are damaged, up to what it has to bury", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      const disk = new MemoryDisk()
      const refusing = new FaultySink(MemorySink.make())
      refusing.reject(1)
      const first = yield* dispatch([refusing], { trail: log, disk })
      first.publish(3)
      yield* TestClock.adjust(0)
      yield* first.dispatcher.close
      const damaged = [...disk.files.keys()].filter(
        (file) => file.includes("dead-letters") && file.endsWith("/checkpoint"),
      )
      const texts = damaged.map((file) => disk.text(file) ?? "")
      for (const file of damaged) disk.put(file, "nonsense")

      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.reject(8)
      const { dispatcher, publish, row } = yield* dispatch([faulty], { trail: log, disk })
      publish(4)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(stored(sink), range(3, 7))
      assert.include(row()?.lastCause ?? "", "checkpoint")
      publish(3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(dispatcher.status()[0]?.cursor, 8)
      for (const [index, file] of damaged.entries()) disk.put(file, texts[index] ?? "")
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(dispatcher.status()[0]?.cursor, 10)
      assert.deepStrictEqual(
        lettersOf(disk).map(({ sequence }) => sequence),
        [1, 8],
      )
    }),
  )

  it.effect("asks a sink that stores its position where to go on, also after a half-failure", () =>
    Effect.gen(function* () {
      const store = new MemorySink.MemoryStore()
      const sink = MemorySink.make({ store, isExactlyOnce: true })
      const faulty = new FaultySink(sink)
      faulty.next("store-and-fail")
      const { dispatcher, memory, publish } = yield* dispatch([faulty])
      publish(4)
      publish(4)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(stored(sink), range(0, 8))
      // The failed batch was stored, so it was not sent again.
      assert.strictEqual(faulty.calls, 2)
      yield* dispatcher.close
      assert.isUndefined(memory.text(`${directory}/cursors/memory`))
    }),
  )

  it.effect("writes no second letter when a sink's own position lies before a dead letter", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make({ isExactlyOnce: true })
      const faulty = new FaultySink(sink)
      faulty.reject(2)
      const { memory, publish } = yield* dispatch([faulty])
      publish(3)
      yield* TestClock.adjust(0)
      faulty.next("fail", 3)
      publish(3)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(stored(sink), [0, 1, 3, 4, 5])
      assert.strictEqual(lettersOf(memory).length, 1)
    }),
  )

  it.effect("waits, and says so, when a sink wants more than the trail has", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make({ isExactlyOnce: true })
      sink.store.positions.set(trail, 500)
      const { publish, row } = yield* dispatch([sink])
      publish(3)
      yield* TestClock.adjust("1 minute")
      assert.isEmpty(stored(sink))
      assert.include(row()?.lastCause ?? "", "wants record 500")
      sink.store.positions.set(trail, 1)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(stored(sink), [1, 2])
    }),
  )

  it.effect("saves the cursor each so many batches, and when time has passed", () =>
    Effect.gen(function* () {
      const { memory, publish } = yield* dispatch([MemorySink.make()], {
        options: { cursorBatches: 3, cursorWait: "1 second" },
      })
      const step = Effect.fnUntraced(function* (wait: number) {
        publish(1)
        yield* TestClock.adjust(wait)
        return cursorOf(memory)
      })
      assert.isNaN(yield* step(0))
      assert.isNaN(yield* step(0))
      assert.strictEqual(yield* step(0), 3)
      assert.strictEqual(yield* step(999), 3)
      yield* TestClock.adjust(1)
      assert.strictEqual(cursorOf(memory), 4)
    }),
  )

  it.effect("goes on at the saved cursor; a damaged or foreign one costs a redelivery only", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      const disk = new MemoryDisk()
      const first = yield* dispatch([MemorySink.make()], { trail: log, disk })
      first.publish(6)
      yield* TestClock.adjust(0)
      yield* first.dispatcher.close
      const file = `${directory}/cursors/memory`
      const text = disk.text(file) ?? ""
      assert.match(text, /^\{"trail":"[^"]+","sequence":6,"crc32":"[0-9a-f]{8}"\}\n$/u)

      const foreign = SinkCursor.encode({ trail: "example.org/audit/other", sequence: 6 })

      const deliveredWith = Effect.fnUntraced(function* (content: string) {
        disk.put(file, content)
        const sink = MemorySink.make()
        yield* dispatch([sink], { trail: log, disk })
        yield* TestClock.adjust(0)
        return stored(sink)
      })
      assert.deepStrictEqual(yield* deliveredWith(text), [])
      assert.deepStrictEqual(yield* deliveredWith(text.replace(":6,", ":5,")), range(0, 6))
      assert.deepStrictEqual(yield* deliveredWith(text.slice(0, 20)), range(0, 6))
      assert.deepStrictEqual(yield* deliveredWith(foreign), range(0, 6))
      assert.deepStrictEqual(yield* deliveredWith("[]"), range(0, 6))
    }),
  )

  it.effect("a cursor beyond the end of the trail does not skip what comes next", () =>
    Effect.gen(function* () {
      const disk = new MemoryDisk()
      const long = yield* dispatch([MemorySink.make()], { disk })
      long.publish(9)
      yield* TestClock.adjust(0)
      yield* long.dispatcher.close

      const log = new FakeTrail()
      log.append(4).release()
      const sink = MemorySink.make()
      const { publish, row } = yield* dispatch([sink], { trail: log, disk })
      publish(3)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(stored(sink), [4, 5, 6])
      assert.include(row()?.lastCause ?? "", "beyond the trail's end 4")
    }),
  )

  it.effect("delivers on while the cursor can't be saved, and saves it later", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const { faulty, memory, publish } = yield* dispatch([sink], {
        faults: [{ call: "replaceFile", errno: "ENOSPC", times: Infinity }],
      })
      publish(3)
      yield* TestClock.adjust("5 seconds")
      publish(3)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(stored(sink), range(0, 6))
      assert.isNaN(cursorOf(memory))
      faulty.heal()
      yield* TestClock.adjust("1 second")
      assert.strictEqual(cursorOf(memory), 6)
    }),
  )

  it.effect("saves the cursor on the way while it catches up, not only at the end", () =>
    Effect.gen(function* () {
      const log = new FakeTrail()
      log.append(100).release()
      const { faulty } = yield* dispatch([MemorySink.make()], {
        trail: log,
        options: { cursorBatches: 3 },
      })
      yield* TestClock.adjust(0)
      assert.strictEqual(faulty.count("replaceFile"), 3)
    }),
  )

  it.effect("a sink that its policy gives up fails alone", () =>
    Effect.gen(function* () {
      const faulty = new FaultySink(MemorySink.make())
      faulty.next("crash", 100)
      const { publish, row, rows } = yield* dispatch([faulty], {
        options: { restart: RestartPolicy.make({ restartsMax: 2 }) },
      })
      publish(1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(row()?.state, "failed")
      assert.strictEqual(rows()[0]?.state, "running")
    }),
  )

  it.live("keeps its cursor and its dead letters on a real disk", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const disk = yield* Disk
      const log = new FakeTrail()
      const sink = MemorySink.make()
      const faulty = new FaultySink(sink)
      faulty.reject(1)
      faulty.reject(2)
      const supervisor = yield* Supervisor.make("engine")
      const readFrom = log.readFrom
      const options = { trail, directory, nextSequence: 0, readFrom, signer: () => signer }
      const dispatcher = yield* Dispatcher.make({ ...options, sinks: [faulty] }, supervisor)
      dispatcher.publish(log.append(4))
      yield* dispatcher.close
      assert.deepStrictEqual(stored(sink), [0, 3])
      const cursor = yield* SinkCursor.load(disk, SinkCursor.fileOf(directory, "memory"))
      assert.deepStrictEqual(cursor, { trail, sequence: 4 })
      const letters = yield* readOpenLetters(directory, "memory")
      assert.deepStrictEqual(
        letters.all().map(({ sequence }) => sequence),
        [1, 2],
      )
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})
