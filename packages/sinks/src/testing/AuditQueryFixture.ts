/**
 * A query service over a database of the test's own, with events whose order is known.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import type { RecordInput } from "@countersign/core/Receipt"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Client } from "pg"
import { AuditQuery, type AuditQueryOptions } from "../query/AuditQuery.ts"
import type { QueryPage } from "../query/Query.ts"
import { QueryCache } from "../query/QueryCache.ts"
import { postgresServer, type PostgresServer } from "./PostgresServer.ts"
import { completeEvent, type FixtureEvent, migratedDatabase, withClient } from "./QueryFixture.ts"

export const trail = "clinic.example/audit"
export const other = "ward.example/audit"

/** An engine of which a test sees the calls. */
export const recording = (refused?: RecordInput["outcome"]) => {
  const recorded: Array<RecordInput> = []
  const layer = Layer.effect(
    Audit,
    Audit.use((off) =>
      Effect.succeed({
        ...off,
        record: (event: RecordInput) =>
          event.outcome === refused
            ? Effect.die("not recorded")
            : Effect.andThen(
                Effect.sync(() => recorded.push(event)),
                off.record(event),
              ),
      }),
    ).pipe(Effect.provide(Audit.layerOff)),
  )
  return { layer, recorded }
}

/** Runs with a query service, by default one that caches nothing. */
export const ask = <A, E>(
  url: string,
  use: (query: AuditQuery["Service"]) => Effect.Effect<A, E>,
  {
    audit = recording().layer,
    cache = QueryCache.layerOff,
    ...options
  }: Partial<AuditQueryOptions> & {
    readonly audit?: Layer.Layer<Audit>
    readonly cache?: Layer.Layer<QueryCache>
  } = {},
) =>
  AuditQuery.use(use).pipe(
    Effect.provide(
      AuditQuery.layer({ url: Redacted.make(url), slowQuery: "1 minute", ...options }).pipe(
        Layer.provide(Layer.mergeAll(audit, cache)),
      ),
    ),
  )

const second = (at: number) =>
  new Date(Date.UTC(2026, 10, 20) + at * 1000).toISOString().slice(0, "2026-11-20T00:00:00".length)

/**
 * Events in the order of their times, of three actors and two tenants; two of three at the same
 * moment, which is less than a millisecond after the one before.
 */
export const events = (count: number, from = 0): ReadonlyArray<FixtureEvent> =>
  Array.from({ length: count }, (_, index) => {
    const at = from + index
    return completeEvent({
      id: `e-${at}`,
      time: `${second(Math.floor(at / 3))}${at % 3 === 0 ? "" : ".0001"}Z`,
      actor: { id: `u-${at % 3}`, type: "user" },
      outcome: at % 5 === 0 ? "denied" : "success",
      tenant: at % 2 === 0 ? "north" : "south",
      target: [{ type: "Patient", id: `p-${at % 7}` }],
      data: { number: at },
    })
  })

/** Which of the `events` it is. */
const numberOf = (entry: string): number => {
  // What `events` makes.
  const event = JSON.parse(entry) as { readonly data: { readonly number: number } }
  return event.data.number
}
/** Which of the `events` a page shows. */
export const numbersOf = ({ rows }: Pick<QueryPage, "rows">) =>
  rows.map(({ entry }) => numberOf(entry))

/** Each page's numbers, to the last page. */
export const allPages = (
  { page }: Pick<AuditQuery["Service"], "page">,
  query: Parameters<AuditQuery["Service"]["page"]>[0],
  between: Effect.Effect<void> = Effect.void,
) =>
  Effect.gen(function* () {
    const pages: Array<ReadonlyArray<number>> = []
    let after: string | undefined
    do {
      const found: QueryPage = yield* page({ ...query, after })
      pages.push(numbersOf(found))
      after = found.next
      yield* between
    } while (after !== undefined)
    return pages
  })

/** Whole numbers. */
export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => from + at)

/** One server for the tests of a file. */
export class TestServer extends Context.Service<TestServer, PostgresServer>()(
  "@countersign/sinks/testing/TestServer",
) {
  static readonly layer = Layer.effect(this, postgresServer())
}

let databases = 0

/** A database of the test's own on it; its address. */
export const database = (fill: (client: Client) => Promise<unknown>) =>
  Effect.gen(function* () {
    const url = yield* migratedDatabase(yield* TestServer, `query_${(databases += 1)}`)
    yield* Effect.promise(() => withClient(url, fill))
    return url
  })
