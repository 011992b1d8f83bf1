/** Pages of a table with a million rows, and the same answers from the cache. */
import { Audit } from "@countersign/core/Audit"
import { AuditQuery } from "@countersign/sinks/query/AuditQuery"
import { QueryCache } from "@countersign/sinks/query/QueryCache"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Client } from "pg"
import { catchUp, makeTrail } from "../catchUp.ts"
import { countRows, spanOf } from "../database.ts"
import { makeKey } from "../engine.ts"
import type { Line, Measurement } from "../Line.ts"
import { emptyScratch, makeScratch, requireSpace } from "../scratch.ts"
import { withPostgres } from "../servers.ts"
import { quantile } from "../statistics.ts"

/** Milliseconds of questions, and of a round trip for nothing right after each of them. */
interface Times {
  readonly ours: Array<number>
  readonly control: Array<number>
}

interface Asked {
  readonly page: Times
  readonly cached: Times
  readonly cachedMarks: Times
}

/** Milliseconds of each question. */
const timed = <A, E, R>(question: Effect.Effect<A, E, R>, millis: Array<number>) =>
  Effect.suspend(() => {
    const from = performance.now()
    return Effect.tap(question, () => Effect.sync(() => millis.push(performance.now() - from)))
  })

const asking = (url: string, scratch: string, marksMaxAge: "0 millis" | "100 millis") =>
  AuditQuery.layer({ url: Redacted.make(url), slowQuery: "1 minute", marksMaxAge }).pipe(
    Layer.provide(
      Layer.mergeAll(Audit.layer({ directory: `${scratch}/reader/trail` }), QueryCache.layer()),
    ),
  )

const connected = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end()),
  )

/** What the machine and the server take for a statement that does nothing. */
const nothing = (client: Client) =>
  Effect.promise(() => client.query({ name: "nothing", text: "select 1" }))

/** What was made before is not the next questions' to collect. */
const tidied = Effect.sync(() => globalThis.gc?.())

const noTimes = (): Times => ({ ours: [], control: [] })

const ask = (
  url: string,
  scratch: string,
  span: { readonly from: number; readonly to: number },
  questions: number,
): Promise<Asked> => {
  // One actor of 977 and one moment: records of that actor until then, the newest first.
  const filterOf = (index: number) => ({
    actor: { id: "bench", type: "service" as const },
    filter: `actor.id=u-${1000 + ((index * 613) % 977)} and time<=${new Date(
      span.from + ((index * 7919) % questions) * ((span.to - span.from) / questions),
    ).toISOString()}`,
  })
  const page = noTimes()
  const cached = noTimes()
  const cachedMarks = noTimes()
  const repeat = ({ control, ours }: Times, client: Client | undefined) =>
    Effect.gen(function* () {
      const query = yield* AuditQuery
      for (let index = 0; index < 50; index++) yield* query.page(filterOf(index))
      yield* tidied
      for (let index = 0; index < questions; index++) {
        const { from } = yield* timed(query.page(filterOf(index % 50)), ours)
        if (from !== "memory") throw new Error(`an answer came from ${from}`)
        if (client !== undefined) yield* timed(nothing(client), control)
      }
    })
  return Effect.runPromise(
    Effect.gen(function* () {
      const client = yield* connected(url)
      yield* Effect.gen(function* () {
        const query = yield* AuditQuery
        for (let index = 0; index < 100; index++) yield* query.page(filterOf(index + questions))
        yield* tidied
        for (let index = 0; index < questions; index++) {
          const { from, rows } = yield* timed(query.page(filterOf(index)), page.ours)
          if (from !== "none") page.ours.pop()
          if (rows.length > 100) throw new Error("a page is too long")
          yield* timed(nothing(client), page.control)
        }
        yield* repeat(cached, client)
      }).pipe(Effect.provide(asking(url, scratch, "0 millis")))
      // A round trip between them would give the engine time that a run of hits does not.
      yield* repeat(cachedMarks, undefined).pipe(Effect.provide(asking(url, scratch, "100 millis")))
      return { page, cached, cachedMarks }
    }).pipe(Effect.scoped),
  )
}

const shown = (millis: ReadonlyArray<number>): string =>
  [0.5, 0.95, 0.99, 1]
    .map(
      (share) => `${share === 1 ? "max" : `p${share * 100}`} ${quantile(millis, share).toFixed(2)}`,
    )
    .join(", ")

export const query: Measurement = {
  name: "query",
  table: "sinks",
  run: async ({ quick, work }) => {
    const records = quick ? 20_000 : 1_000_000
    const questions = quick ? 200 : 2_000
    requireSpace(work, records * 6_000)
    const scratch = makeScratch(work)
    await makeTrail(scratch, records)
    makeKey(`${scratch}/reader/trail.key`)
    return withPostgres(async ({ url }) => {
      const sink = await Effect.runPromise(PostgresSink.make({ url: Redacted.make(url) }))
      await catchUp(scratch, sink, records)
      const rows = await countRows(url)
      const { cached, cachedMarks, page } = await ask(url, scratch, await spanOf(url), questions)
      emptyScratch(scratch)
      const lineOf = (
        name: string,
        title: string,
        { control, ours }: Times,
        share: number,
        goal: { readonly least: number; readonly aim: number },
      ): Line => ({
        name,
        title,
        ours: { value: quantile(ours, share), unit: "ms" },
        ...(control.length === 0
          ? {}
          : { peer: { name: "select 1", value: quantile(control, share), unit: "ms" } }),
        judged: quantile(ours, share),
        goal: { direction: "atMost", ...goal, unit: "ms" },
        rounds: [
          { p50: quantile(ours, 0.5), p95: quantile(ours, 0.95), p99: quantile(ours, 0.99) },
        ],
        notes: [
          `${ours.length} questions to ${rows} rows, each itself recorded: ${shown(ours)} ms`,
          ...(control.length === 0
            ? []
            : [`\`select 1\` of a prepared statement after each of them: ${shown(control)} ms`]),
        ],
      })
      return [
        lineOf("query-page", "page of 100 by actor and time, p95", page, 0.95, {
          least: 10,
          aim: 3,
        }),
        lineOf(
          "query-cached",
          "the same from the cache, marks asked each time, p99",
          cached,
          0.99,
          {
            least: 1,
            aim: 0.2,
          },
        ),
        lineOf("query-cached-marks", "the same, marks at most 100 ms old, p99", cachedMarks, 0.99, {
          least: 1,
          aim: 0.2,
        }),
      ]
    })
  },
}
