import { assert, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import {
  ask,
  batchFrom,
  databaseOf,
  entryOf,
  holding,
  range,
  SharedPostgres,
  sinkAt,
  storedSequences,
  untilLockIsAwaited,
} from "../testing/PostgresRows.ts"

/** Each partition that holds records, with their sequences. */
const partitionsWithRows = (url: string) =>
  ask(
    url,
    `select tableoid::regclass::text, array_agg(sequence::int order by sequence)
       from countersign.audit_record group by 1 order by 1`,
  )

const nameOf = (month: string) => `countersign.audit_record_${month}`

const recordsAt = (firstSequence: number, times: ReadonlyArray<string>) =>
  batchFrom(
    firstSequence,
    times.map((time, index) => entryOf(firstSequence + index, { time })),
  )

/** The month `ahead` months after the server's, as `YYYY-MM`. */
const monthAfter = (url: string, ahead: number) =>
  Effect.map(
    ask(url, "select to_char(now() at time zone 'UTC' + make_interval(months => $1), 'YYYY-MM')", [
      ahead,
    ]),
    ([row]) => String(row?.[0]),
  )

const monthsBack = 1_200

layer(SharedPostgres.layer, { excludeTestServices: true })(
  "The partitions of PostgresSink",
  (it) => {
    it.effect("end with the month in UTC, at leap days, years and hours that a zone lacks", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("edges")
        // A server at home in a zone that is hours away and changes its clock twice a year.
        yield* ask(url, "alter database edges set timezone = 'America/St_Johns'")
        const sink = yield* sinkAt(url, { monthsBack })
        yield* sink.position("example.org/any")
        // Made by hand, in a session of that zone.
        yield* ask(url, "select countersign.make_partition('2022-05-31')")
        yield* sink.deliver(
          recordsAt(0, [
            "2024-02-29T23:59:59.999999Z",
            "2024-03-01T00:00:00.000Z",
            "2023-12-31T23:59:59.999Z",
            "2024-01-01T00:00:00.000Z",
            "2024-03-31T02:30:00.000Z",
            "2024-10-31T23:59:59.999999Z",
            "2024-11-01T00:00:00.000Z",
            "2022-05-01T00:00:00.000Z",
            "2022-05-31T23:59:59.999Z",
          ]),
        )
        assert.deepStrictEqual(yield* partitionsWithRows(url), [
          [nameOf("2022_05"), [7, 8]],
          [nameOf("2023_12"), [2]],
          [nameOf("2024_01"), [3]],
          [nameOf("2024_02"), [0]],
          [nameOf("2024_03"), [1, 4]],
          [nameOf("2024_10"), [5]],
          [nameOf("2024_11"), [6]],
        ])
      }),
    )

    it.effect("are there for this month and those to come before a record is", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("ahead")
        const sink = yield* sinkAt(url, { monthsAhead: 2 })
        yield* sink.position("example.org/any")
        const made = yield* ask(
          url,
          `select right(inhrelid::regclass::text, 7) from pg_inherits
           where inhparent = 'countersign.audit_record'::regclass order by 1`,
        )
        const months = yield* Effect.forEach([0, 1, 2], (ahead) => monthAfter(url, ahead))
        assert.deepStrictEqual(made.flat(), [
          ...months.map((month) => month.replace("-", "_")),
          "default",
        ])
      }),
    )

    it.effect("catch what has no month of its own in the default one", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("net")
        const sink = yield* sinkAt(url, { monthsAhead: 0, monthsBack: 0 })
        const next = yield* monthAfter(url, 1)
        const times = [
          "1970-01-01T00:00:00.000Z",
          "9999-12-31T23:59:59.999Z",
          `${next}-01T00:00:00Z`,
        ]
        yield* sink.deliver(recordsAt(0, times))
        assert.deepStrictEqual(yield* partitionsWithRows(url), [[nameOf("default"), [0, 1, 2]]])
      }),
    )

    it.effect("take their records out of the default one when they are made", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("moved")
        const first = yield* sinkAt(url, { monthsAhead: 0, monthsBack: 0 })
        const next = yield* monthAfter(url, 1)
        const month = next.replace("-", "_")
        yield* first.deliver(
          recordsAt(0, [`${next}-01T00:00:00Z`, "2001-05-05T00:00:00Z", `${next}-28T23:59:59Z`]),
        )
        yield* first.close
        const second = yield* sinkAt(url, { monthsAhead: 1, monthsBack })
        yield* second.deliver(recordsAt(3, [`${next}-02T00:00:00Z`]))
        assert.deepStrictEqual(yield* partitionsWithRows(url), [
          [nameOf("2001_05"), [1]],
          [nameOf(month), [0, 2, 3]],
        ])
        assert.deepStrictEqual(yield* storedSequences(url), range(0, 4))
      }),
    )

    it.effect("are made again when one is missing, with what came in between", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("missing")
        const clock = yield* TestClock.make()
        const sink = yield* sinkAt(url, { partitionMillis: 3_600_000 })
        const month = yield* monthAfter(url, 0)
        const name = nameOf(month.replace("-", "_"))
        const deliver = (sequence: number) =>
          Effect.provideService(
            sink.deliver(recordsAt(sequence, [`${month}-15T12:00:00.000Z`])),
            Clock.Clock,
            clock,
          )
        yield* deliver(0)
        yield* ask(url, `drop table ${name}`)
        yield* deliver(1)
        assert.deepStrictEqual(yield* partitionsWithRows(url), [[nameOf("default"), [1]]])
        yield* clock.adjust("1 hour")
        yield* deliver(2)
        assert.deepStrictEqual(yield* partitionsWithRows(url), [[name, [1, 2]]])
      }),
    )

    it.effect("take a batch that was on its way into the default one", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("meanwhile")
        const sink = yield* sinkAt(url, { monthsBack: 0 })
        yield* sink.deliver(recordsAt(0, ["1990-01-01T00:00:00Z"]))
        const delivery = yield* holding(
          url,
          "select countersign.make_partition('1990-01-01')",
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(
              sink.deliver(recordsAt(1, ["1990-01-02T00:00:00Z"])),
            )
            yield* untilLockIsAwaited(url)
            return fiber
          }),
        )
        yield* Fiber.join(delivery)
        assert.deepStrictEqual(yield* partitionsWithRows(url), [[nameOf("1990_01"), [0, 1]]])
      }),
    )

    it.effect("hold nobody up when they can't be made", () =>
      Effect.gen(function* () {
        const url = yield* databaseOf("unmakeable")
        const sink = yield* sinkAt(url, { monthsBack })
        yield* sink.deliver(recordsAt(0, ["2026-11-21T09:00:00.000Z"]))
        yield* ask(url, "drop function countersign.make_partitions")
        yield* sink.deliver(recordsAt(1, ["2011-11-21T09:00:00.000Z"]))
        assert.deepStrictEqual(yield* storedSequences(url), [0, 1])
      }),
    )
  },
)
