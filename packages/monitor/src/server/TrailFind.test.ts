import * as fs from "node:fs"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { FoundPart, Search } from "../protocol/FoundEvents.ts"
import * as Runs from "../protocol/Runs.ts"
import { served } from "../testing/ServedEngine.ts"
import { connect, type MonitorClient } from "./MonitorClient.ts"
import { MonitorServer } from "./MonitorServer.ts"

const eventsMade = 700

/** Each seventh is denied. */
const eventOf = (index: number): AuditEventInput => ({
  ...AuditFixture.event,
  outcome: index % 7 === 0 ? "denied" : "success",
  data: { index, note: index === 3 ? 'a "quoted" word' : "plain" },
})

const record = (count: number) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    for (let index = 0; index < count; index += 1) yield* audit.record(eventOf(index))
    yield* audit.publish
  })

/** Over the files of a trail whose engine has ended. */
const looked = <A, E>(
  use: (client: MonitorClient, directory: string) => Effect.Effect<A, E, Scope>,
) =>
  Effect.gen(function* () {
    const { directory, withAudit } = AuditFixture.make(path.join(yield* temporaryDirectory, "t"))
    yield* withAudit(record(eventsMade))
    const context = yield* Layer.build(
      MonitorServer.layerDirectory(directory).pipe(Layer.provide(NodeDisk.layer)),
    )
    const server = yield* Effect.provide(MonitorServer, context)
    return yield* use(yield* connect(server.url, server.token), directory)
  }).pipe(Effect.scoped)

const placesOf = ({ from, runs }: FoundPart): ReadonlyArray<number> =>
  Runs.decode(from, runs).flatMap((run) =>
    Array.from({ length: run.to - run.from }, (_, index) => run.from + index),
  )

/** Until all that is published was looked at. */
const found = (client: MonitorClient, search: Search) =>
  client.Find(search).pipe(
    Stream.takeUntil(({ from, size, to }) =>
      search.order === "newest" ? from === 0 : to === size,
    ),
    Stream.runCollect,
  )

/** By the events themselves, one by one. */
const expected = (client: MonitorClient, filter: string) =>
  Effect.map(client.Query({ filter, order: "oldest", limit: 1000 }), ({ events }) =>
    events.map(({ sequence }) => sequence),
  )

describe("Find", () => {
  for (const order of ["oldest", "newest"] as const) {
    for (const filter of [
      "outcome=denied",
      "type~patient.* and data.index<100",
      "data.note='a \"quoted\" word' or data.index=12",
      "data.note~*quoted*",
      "not outcome=success",
      "severity>=medium",
    ]) {
      it.live(`has the places of ${filter}, ${order} first`, () =>
        looked((client) =>
          Effect.gen(function* () {
            const parts = yield* found(client, { filter, order })
            const all = parts.flatMap(placesOf).toSorted((a, b) => a - b)
            assert.deepStrictEqual(all, yield* expected(client, filter))
          }),
        ),
      )
    }
  }

  it.live("has all of a trail in one part where nothing is filtered", () =>
    looked((client) =>
      Effect.gen(function* () {
        for (const order of ["oldest", "newest"] as const) {
          const parts = yield* found(client, { filter: "", order })
          const sum = parts.flatMap(placesOf).length
          assert.strictEqual(sum, parts[0]?.size)
          assert.isAtMost(parts.length, 2)
        }
      }),
    ),
  )

  it.live("goes on around what a search has seen that was cut off", () =>
    looked((client) =>
      Effect.gen(function* () {
        const seen = { from: 300, to: 400 }
        const parts = yield* found(client, { filter: "outcome=denied", order: "newest", seen })
        const all = parts.flatMap(placesOf)
        assert.isTrue(all.every((place) => place < seen.from || place >= seen.to))
        const whole = yield* expected(client, "outcome=denied")
        const rest = whole.filter((place) => place < seen.from || place >= seen.to)
        assert.deepStrictEqual(
          all.toSorted((a, b) => a - b),
          rest,
        )
      }),
    ),
  )

  it.live("says what could not be searched, and finds the rest", () =>
    looked((client, directory) =>
      Effect.gen(function* () {
        const bundle = fs
          .readdirSync(path.join(directory, "tile"), { recursive: true, encoding: "utf8" })
          .filter((name) => name.includes("entries") && /00[01](?:\.gz)?$/.test(name))
        for (const name of bundle.filter((one) => one.includes("001")))
          fs.writeFileSync(path.join(directory, "tile", name), "rubbish")
        const parts = yield* found(client, { filter: "outcome=denied", order: "oldest" })
        const damage = parts.flatMap((part) => part.damage)
        assert.deepStrictEqual(
          damage.map(({ from, to }) => [from, to]),
          [[256, 512]],
        )
        const all = parts.flatMap(placesOf)
        assert.isTrue(all.some((place) => place < 256) && all.some((place) => place >= 512))
        const entries = yield* client.Entries({ sequences: [600, 300, 3] })
        assert.deepStrictEqual(
          entries.events.map(({ sequence }) => sequence),
          [3, 600],
        )
        assert.strictEqual(entries.damage[0]?.from, 300)
      }),
    ),
  )

  it.live("goes on as the trail grows, beside an engine", () =>
    served(({ audit, client }) =>
      Effect.gen(function* () {
        yield* Effect.provideService(record(7), Audit, audit)
        const search = { filter: "outcome=denied", order: "newest" } as const
        const places = client
          .Find(search)
          .pipe(Stream.flatMap((part) => Stream.fromIterable(placesOf(part))))
        const [, second] = yield* Effect.all(
          [
            Effect.provideService(Effect.delay(record(1), "300 millis"), Audit, audit),
            places.pipe(Stream.take(2), Stream.runCollect),
          ],
          { concurrency: 2 },
        )
        assert.isAbove(second[1] ?? 0, second[0] ?? 0)
      }),
    ),
  )

  it.live("refuses a text that is no filter", () =>
    looked((client) =>
      Effect.gen(function* () {
        const search = { filter: "outcome==", order: "oldest" } as const
        const error = yield* Effect.flip(Stream.runDrain(client.Find(search)))
        assert.include(String(error), "column 9")
      }),
    ),
  )
})

describe("Entries", () => {
  it.live("gives events of places in any order, once each, and none beyond the end", () =>
    looked((client) =>
      Effect.gen(function* () {
        const { events, next } = yield* client.Entries({ sequences: [500, 3, 3, 9_000_000, 257] })
        assert.deepStrictEqual(
          events.map(({ sequence }) => sequence),
          [3, 257, 500],
        )
        assert.isNull(next)
      }),
    ),
  )
})
