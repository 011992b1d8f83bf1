import { assert, describe, expect, it } from "@effect/vitest"
import * as Filter from "@countersign/core/query/Filter"
import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Client } from "pg"
import { postgresServer } from "../testing/PostgresServer.ts"
import {
  completeEvent,
  type FixtureEvent,
  migratedDatabase,
  withClient,
} from "../testing/QueryFixture.ts"
import { indexText } from "../postgres/RecordColumns.ts"
import { batchFrom, sinkAt } from "../testing/PostgresRows.ts"
import * as FilterSql from "./FilterSql.ts"
import { Parameters } from "./SqlText.ts"

const now = Date.parse("2026-11-21T12:00:00Z")
const parse = (text: string): Filter.Filter => Result.getOrThrow(Filter.parse(text))

const answerOf = async (client: Client, filter: Filter.Filter): Promise<ReadonlyArray<number>> => {
  const parameters = new Parameters()
  const condition = FilterSql.compile(filter, now, parameters)
  const { rows } = await client.query<[string]>({
    text: `select r.sequence from countersign.audit_record r
      ${condition.readsEntry ? FilterSql.documentJoin : ""} where ${condition.text} order by 1`,
    values: parameters.values,
    rowMode: "array",
  })
  return rows.map(([sequence]) => Number(sequence))
}

const expectedOf = (
  events: ReadonlyArray<FixtureEvent>,
  filter: Filter.Filter,
): ReadonlyArray<number> =>
  events.flatMap((event, sequence) => (Filter.matches(filter, event, now) ? [sequence] : []))

/** An event as PostgreSQL can tell of it. */
const asRead = (event: FixtureEvent): FixtureEvent =>
  // What was an event is one with other texts.
  JSON.parse(JSON.stringify(event).replaceAll("\\u0000", "\ufffd")) as FixtureEvent

const goldenFilters = [
  "outcome=denied",
  "type~patient.*.rea? and not severity>=high",
  String.raw`action~'100\*_%\\'`,
  "actor.id=u-1 and time>=-7d",
  "time=2026-11-20T09:30:00.000Z or time<2026-11-01 or time<=2026-11-02 or time>2026-12-01",
  "actor.id>m and session!='x'",
  "actor.id>5",
  "exists(tenant) and not exists(data.cause)",
  "target.id=p-1 and target.name~'A*'",
  "data.millis>12.5 and data.retry=false and data.cause=null and data.code=42",
  "observed>=-2h and data.due=2026-11-20",
  `data."blood type".'a"b'=A or "a.b"=1 or "actor.id"=x`,
]

describe("compile", () => {
  it("writes what the golden file says", async () => {
    const pieces = goldenFilters
      .map((text) => ({ text, filter: parse(text) }))
      .map(({ filter, text }) => {
        const parameters = new Parameters()
        const condition = FilterSql.compile(filter, now, parameters)
        const values = parameters.values.map((value, index) => `  $${index + 1} = ${value}\n`)
        const join = condition.readsEntry ? "  reads the entry\n" : ""
        return `${text}\n${join}  ${condition.text}\n${values.join("")}`
      })
    await expect(pieces.join("\n")).toMatchFileSnapshot("./FilterSql.golden.txt")
  })

  it("puts nothing that a user wrote into the text", () => {
    const hostile = `x'; drop table y; --`
    const quoted = JSON.stringify(hostile)
    const parameters = new Parameters()
    const filter = parse(
      `${quoted}=${quoted} or a~${quoted} or exists(${quoted}) or type>${quoted} or actor.id=${quoted}`,
    )
    assert.notInclude(FilterSql.compile(filter, now, parameters).text, "drop")
    assert.isAbove(parameters.values.filter((value) => value.includes("drop")).length, 4)
  })
})

describe("unfitText", () => {
  it.each([
    ["\0", "data.x='a\0'"],
    ["half a surrogate pair", "not data.x~'\ud800x' and a=1"],
    ["the other half", "exists('\udc00')"],
  ])("names a text with %s", (_what, text) => {
    assert.isDefined(FilterSql.unfitText(parse(text)))
  })

  it("takes whole characters of any plane", () => {
    assert.isUndefined(FilterSql.unfitText(parse("data.x='😀' or a~'😀*' or exists('😀')")))
  })
})

// A small vocabulary, so that filters find something, with what is easily told apart wrongly.
const long = "y".repeat(512)
const texts = [
  long.slice(1),
  long,
  `${long}a`,
  indexText(`${long}a`),
  `${"😀".repeat(512)}b`,
  "a\ufffdb",
  "a",
  "A",
  "aa",
  "b%",
  "b_",
  "😀",
  "\uff5e",
  "42",
  "true",
  "null",
  "2026-11-20",
  "",
  "é",
]
const moments = [
  "2026-11-20T09:30:00.000Z",
  "2026-11-20T10:30:00.0009999+01:00",
  "2026-02-30",
  "2026-11-20T24:00:00Z",
  "2026-11-20T24:00:01Z",
  "2026-13-01",
  "0000-06-01",
  "0001-01-01T00:00Z",
  "1960-11-20T09:30:00.123456789Z",
  "2026-11-20T09:30-00:30",
  "2026-11-20T09:30+24:00",
  "2026-11-20T09:30:60Z",
  "2026-11-20T09:30:00.5Z",
]
const times = [
  "2026-11-20T09:30:00.000Z",
  "2026-11-20T09:30:00.0005Z",
  "2026-11-20T09:30:00.001Z",
  "2026-11-20T09:29:59.999999Z",
  "2026-11-14T12:00:00Z",
  "1999-12-31T23:59:59Z",
]
const paths = [
  "id,type,class,outcome,actor.id,actor.type,tenant,session,severity,time,observed,target",
  "target.id,target.name,actor.roles,actor,data,data.x,data.y,data.x.y,data.rows.x,missing,data.missing",
  "change.after,data.'x y'",
  // Names that every object has by its prototype.
  "constructor,toString,__proto__,hasOwnProperty,data.constructor,data.__proto__",
].flatMap((line) => line.split(","))
const operators = ["=", "!=", "~", "!~", "<", "<=", ">", ">="]
const words = [
  "42",
  "-1.5",
  "0",
  "true",
  "false",
  "null",
  "-7d",
  "-999999999w",
  "1e3",
  ...moments.slice(0, 4),
  "2026-11-20",
  "0000-06-01",
]
const patterns = [
  `${long}?`,
  "y*a",
  "*😀b",
  "*…*",
  "*",
  "?",
  "a*",
  "*a",
  "?%",
  "b\\_",
  "??",
  "2026*",
  "*.*",
  "p-?",
]

describe("the server's answer", () => {
  const random = randomOf(4711)
  const pick = <A>(values: ReadonlyArray<A>): A => values[wholeBelow(random, values.length)] as A

  const value = (depth: number): unknown => {
    switch (wholeBelow(random, depth > 3 ? 5 : 8)) {
      case 0:
        return pick([42, -1.5, 0, 1000, 1e300, 5e-324, 0.1])
      case 1:
        return pick([true, false, null])
      case 2:
        return pick(moments)
      case 3:
      case 4:
        return pick(texts)
      case 5:
        return Array.from({ length: wholeBelow(random, 4) }, () => value(depth + 1))
      case 6:
        return { x: value(depth + 1), "x y": value(depth + 1) }
      default:
        return { x: value(depth + 1), y: value(depth + 1), rows: [[{ x: value(depth + 1) }], []] }
    }
  }
  const maybe = (name: string, make: () => unknown) => (random() < 0.5 ? {} : { [name]: make() })
  /** Half of what will be read as U+FFFD is U+0000. */
  const withNul = (text: string) => (random() < 0.5 ? text.replaceAll("\ufffd", "\0") : text)
  const filled = (text: string) => (text === "" ? "x" : withNul(text))

  const event = (): FixtureEvent =>
    completeEvent({
      time: pick(times),
      type: pick(["patient.record.read", "patient.record.write", "a.b", `a.b.${long}`]),
      outcome: pick(["success", "denied", "failure"]),
      actor: {
        id: filled(pick(texts)),
        type: pick(["user", "service"]),
        ...maybe("roles", () => [filled(pick(texts)), "nurse"]),
      },
      ...maybe("tenant", () => filled(pick(texts))),
      ...maybe("session", () => filled(pick([...texts, ...moments]))),
      ...maybe("severity", () => pick(["info", "low", "high", "critical"])),
      ...maybe("observed", () => pick(times)),
      ...maybe("target", () =>
        ["p-1", "p-2", "42"].slice(wholeBelow(random, 4)).map((id) => ({
          id,
          type: "Patient",
          ...maybe("name", () => filled(pick(texts))),
        })),
      ),
      ...maybe("data", () => value(0)),
      ...maybe("change", () => ({ after: value(1) })),
    })

  const leaf = (): string => {
    const path = pick(paths)
    if (random() < 0.1) return `exists(${path})`
    const operator = pick(operators)
    const right = operator.endsWith("~")
      ? JSON.stringify(pick([...patterns, ...texts])).replaceAll("\\\\", "\\")
      : random() < 0.5
        ? pick(words)
        : JSON.stringify(pick([...texts, ...moments, "denied", "u-1", "high"]))
    return `${path}${operator}${right}`
  }
  const filter = (depth: number): string => {
    const kind = random()
    if (depth > 2 || kind < 0.4) return leaf()
    if (kind < 0.55) return `not (${filter(depth + 1)})`
    return `(${filter(depth + 1)} ${kind < 0.8 ? "and" : "or"} ${filter(depth + 1)})`
  }

  it.live(
    "is that of the filter in memory, for random events and random filters",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* migratedDatabase(server, "filters")
        const sink = yield* sinkAt(url)
        const { time: _, ...timeless } = completeEvent({})
        const events = [timeless, ...Array.from({ length: 300 }, event)]
        // By the sink itself, since it says what the columns hold.
        const entries = events.map((each) => Buffer.from(JSON.stringify(each)))
        yield* sink.deliver(batchFrom(0, entries))
        yield* Effect.promise(() =>
          withClient(url, async (client) => {
            const readEvents = events.map(asRead)
            let found = 0
            let asked = 0
            const edges = ["time", "data.x", "session"].flatMap((path) =>
              ["=", "<", "<=", ">", ">="].flatMap((operator) =>
                [...moments, ...times].map((word) => `${path}${operator}${word}`),
              ),
            )
            for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
              edges.push(`exists(${name})`, `${name}~'*'`, `${name}=x`, `${name}<x`)
            }
            for (const path of ["actor.id", "tenant", "type", "session"]) {
              for (const pattern of ["y*a", "*…*", "*😀b", "*y", `${long}?`, "a?b"]) {
                edges.push(`${path}~'${pattern}'`)
              }
              for (const operator of operators) {
                for (const text of [long, `${long}a`, `${long}b`, indexText(`${long}a`)]) {
                  edges.push(`${path}${operator}'${text}'`)
                }
              }
            }
            while (asked < 850) {
              const text = edges.pop() ?? filter(0)
              const parsed = Filter.parse(text)
              if (Result.isFailure(parsed)) continue
              asked += 1
              const expected = expectedOf(readEvents, parsed.success)
              const answer = await answerOf(client, parsed.success).catch((error: unknown) => {
                throw new Error(text, { cause: error })
              })
              assert.deepStrictEqual(answer, expected, text)
              if (expected.length > 0 && expected.length < events.length) found += 1
            }
            // Or else nothing was shown.
            assert.isAbove(found, 150)
          }),
        )
      }),
    60_000,
  )

  it.live(
    "sees U+0000 as U+FFFD, and the text that looks like it as itself",
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        const url = yield* migratedDatabase(server, "nul")
        yield* Effect.promise(() =>
          withClient(url, async (client) => {
            const entries = ["a\0\0b", String.raw`a\u0000b`, String.raw`\\u0000` + "\0"]
            for (const [sequence, x] of entries.entries()) {
              await client.query(
                `insert into countersign.audit_record (trail, sequence, "time", entry)
              values (1, $1, now(), $2)`,
                [sequence, Buffer.from(JSON.stringify({ data: { x } }))],
              )
            }
            const ask = (text: string) => answerOf(client, parse(text))
            assert.deepStrictEqual(await ask("data.x='a\ufffd\ufffdb'"), [0])
            assert.deepStrictEqual(await ask(String.raw`data.x='a\u0000b'`), [1])
            assert.deepStrictEqual(await ask(String.raw`data.x~'\\\\\\\\u0000?'`), [2])
          }),
        )
      }),
    60_000,
  )
})
