import type { Entries } from "@countersign/monitor/protocol/FoundEvents"
import { assert, describe, it } from "@effect/vitest"
import { columnOf } from "./EventColumns.ts"
import { exportEvents } from "./Export.ts"

const json = (sequence: number): string => JSON.stringify({ type: "a.b", data: { n: sequence } })

/** Never more than 100 at once, and what is divided by 1,000 is damaged. */
const ask = (sequences: ReadonlyArray<number>): Promise<Entries> => {
  const ordered = sequences.toSorted((a, b) => a - b)
  const whole = ordered.filter((one) => one % 1000 !== 999)
  return Promise.resolve({
    events: whole.slice(0, 100).map((sequence) => ({ sequence, json: json(sequence) })),
    damage: [],
    next: whole[100] ?? null,
  })
}

const options = (
  count: number,
  format: "ndjson" | "csv",
  signal = new AbortController().signal,
) => ({
  format,
  columns: [columnOf("#"), columnOf("type"), columnOf("data.n")],
  count,
  sequenceAt: (index: number) => (index < count ? count - 1 - index : undefined),
  ask,
  signal,
  progress: () => undefined,
})

describe("Export", () => {
  it("writes lines as the command line does, in the order that is shown", async () => {
    const { events, isCut, text } = await exportEvents(options(1200, "ndjson"))
    const lines = text.trimEnd().split("\n")
    assert.strictEqual(lines[0], `{"sequence":1199,"event":${json(1199)}}`)
    assert.strictEqual(lines.length, 1199)
    assert.strictEqual(events, 1199)
    assert.isFalse(isCut)
  })

  it("says how many could not be read", async () => {
    assert.strictEqual((await exportEvents(options(2000, "csv"))).damaged, 2)
  })

  it("goes on after an answer that found damage alone", async () => {
    const late = (sequences: ReadonlyArray<number>): Promise<Entries> =>
      sequences.includes(0)
        ? Promise.resolve({ events: [], damage: [{ from: 0, to: 1, detail: "is gone" }], next: 1 })
        : ask(sequences)
    const { damaged, events } = await exportEvents({ ...options(3, "ndjson"), ask: late })
    assert.deepStrictEqual([events, damaged], [2, 1])
  })

  it("writes the columns that are shown as CSV", async () => {
    const { text } = await exportEvents(options(2, "csv"))
    assert.strictEqual(text, "Sequence,type,data.n\r\n1,a.b,1\r\n0,a.b,0\r\n")
  })

  it("ends where somebody says so", async () => {
    const aborted = AbortSignal.abort(new Error("enough"))
    const ended = await exportEvents(options(10, "csv", aborted)).then(
      () => "done",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    )
    assert.include(ended, "enough")
  })

  it("makes no second line of an event that has lines itself", async () => {
    const forged = '{"a":\n1,\r\n"b":"x\\ny"\n}'
    const one = (): Promise<Entries> =>
      Promise.resolve({ events: [{ sequence: 0, json: forged }], damage: [], next: null })
    const { text } = await exportEvents({ ...options(1, "ndjson"), ask: one })
    assert.strictEqual(text.split("\n").length, 2)
    assert.notInclude(text, "\r")
    assert.deepStrictEqual(JSON.parse(text), { sequence: 0, event: { a: 1, b: "x\ny" } })
  })
})
