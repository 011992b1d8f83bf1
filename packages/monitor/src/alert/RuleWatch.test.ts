import { assert, describe, it } from "@effect/vitest"
import type { Labels, Reading } from "../metric/Reading.ts"
import { AlertBook, type AlertChange, type Moment } from "./AlertBook.ts"
import type { AlertRule, AlertRules } from "./AlertRule.ts"
import { countersMax } from "./Counters.ts"

const moment = (seconds: number): Moment => ({
  nowMillis: seconds * 1000,
  dateMillis: seconds * 1000,
})
const reading = (value: number, labels: Labels = {}, name = "depth"): Reading => ({
  name,
  labels,
  value,
})
const deep: AlertRule = {
  name: "deep",
  kind: "threshold",
  of: { metric: "depth" },
  is: "above",
  bound: 10,
  summary: "{value} is more than {bound}",
}
const open = (rules: ReadonlyArray<AlertRule>, more: Partial<AlertRules> = {}) =>
  new AlertBook({ rules, ...more }, { startedAt: moment(0) })
const said = (changes: ReadonlyArray<AlertChange>) =>
  changes.map(({ alert, turn }) => `${turn} ${alert.id}`)

describe("RuleWatch", () => {
  it("watches as many series as it may, and counts the others together", () => {
    const book = open([{ ...deep, seriesMax: 2 }])
    const series = (value: number) =>
      Array.from({ length: 100 }, (_, queue) => reading(value, { queue: `${queue}` }))
    const changes = book.observe(series(11), moment(1))
    assert.deepStrictEqual(said(changes), [
      'firing deep/depth{queue="0"}',
      'firing deep/depth{queue="1"}',
      "firing deep/other",
    ])
    assert.strictEqual(changes[2]?.alert.value, 98)
    assert.deepStrictEqual([...book.unwatched()], [["deep", 98]])
    assert.lengthOf(said(book.observe(series(9), moment(2))), 3)
    assert.isEmpty(book.active(moment(2)))
  })

  it("forgets series that are gone, and has room for others then", () => {
    const book = open([{ ...deep, seriesMax: 1 }], { staleAfter: "10s" })
    book.observe([reading(11, { queue: "a" })], moment(0))
    assert.isEmpty(said(book.tick(moment(9))))
    assert.deepStrictEqual(said(book.tick(moment(10))), ['resolved deep/depth{queue="a"}'])
    assert.deepStrictEqual(said(book.observe([reading(11, { queue: "b" })], moment(11))), [
      'firing deep/depth{queue="b"}',
    ])
  })

  it("counts a series without room once, however often it comes between two passes", () => {
    const book = open([{ ...deep, seriesMax: 1 }])
    const one = (queue: string, value: number) => reading(value, { queue })
    book.observe([one("a", 1), one("b", 1)], moment(0))
    for (let count = 0; count < 10; count++) book.observeOne(one("b", 1), moment(1))
    assert.deepStrictEqual([...book.unwatched()], [["deep", 1]])
    // In the same turn, as for those that have room.
    assert.deepStrictEqual(said(book.observeOne(one("b", 11), moment(1))), ["firing deep/other"])
    book.observeOne(one("b", 12), moment(1))
    book.observeOne(one("c", 12), moment(1))
    const value = () => book.active(moment(1)).map((alert) => alert.value)
    assert.deepStrictEqual(value(), [2])
    book.observe([one("a", 1), one("b", 11)], moment(2))
    // The one that came by itself since the pass before counts in this one still.
    assert.deepStrictEqual(value(), [2])
    assert.deepStrictEqual([...book.unwatched()], [["deep", 2]])
    book.observe([one("a", 1), one("b", 11)], moment(3))
    assert.deepStrictEqual(value(), [1])
    assert.deepStrictEqual([...book.unwatched()], [["deep", 1]])
  })

  const failing: AlertRule = {
    name: "failing",
    kind: "rate",
    of: { metric: "failures" },
    over: "1m",
    per: "1m",
    is: "above",
    bound: 0,
    summary: "{value} failures",
  }
  const failures = (value: number, sink: string) => reading(value, { sink }, "failures")

  it("sees the first failures of a counter that comes with them", () => {
    const book = open([failing])
    // Of what is there at first nobody knows since when.
    assert.isEmpty(book.observe([failures(7, "a")], moment(0)))
    const [change] = book.observe([failures(7, "a"), failures(3, "b")], moment(1))
    assert.deepInclude(change?.alert, { subject: 'failures{sink="b"}', value: 3 })
    assert.lengthOf(book.active(moment(1)), 1)
  })

  it("waits for readings before it takes a counter for a new one", () => {
    const book = open([failing])
    book.observe([], moment(0))
    assert.isEmpty(book.observe([failures(7, "a")], moment(1)))
  })

  it("does not take a counter for new that was silent for a while, or had no room", () => {
    const book = open([{ ...failing, seriesMax: 1 }], { staleAfter: "10s" })
    book.observe([failures(7, "a"), failures(9, "b")], moment(0))
    book.observe([failures(9, "b")], moment(5))
    // The first has gone, and the second has room now.
    book.observe([failures(9, "b")], moment(11))
    assert.isEmpty(book.observe([failures(9, "b")], moment(12)))
    book.observe([], moment(40))
    assert.isEmpty(book.observe([failures(9, "b")], moment(41)))
    assert.deepStrictEqual(said(book.observe([failures(10, "b")], moment(42))), [
      'firing failing/failures{sink="b"}',
    ])
  })

  it("counts the counters that it has no room to remember", () => {
    const book = open([{ ...failing, kind: "ratio", to: { metric: "all" }, over: "1m" }])
    const many = Array.from({ length: countersMax + 5 }, (_, sink) => failures(7, `${sink}`))
    book.observe(many, moment(0))
    assert.deepStrictEqual([...book.unwatched()], [["failing", 5]])
  })

  it("says of a resolved alert whether its condition is over or its series gone", () => {
    const book = open([deep], { staleAfter: "10s" })
    const ended = (changes: ReadonlyArray<AlertChange>) =>
      changes.map(({ alert }) => [alert.state, alert.ending])
    assert.deepStrictEqual(ended(book.observe([reading(11)], moment(0))), [["firing", undefined]])
    assert.deepStrictEqual(ended(book.observe([reading(1)], moment(1))), [["resolved", "over"]])
    book.observe([reading(11)], moment(2))
    assert.deepStrictEqual(ended(book.tick(moment(12))), [["resolved", "gone"]])
  })

  const quiet: AlertRule = {
    name: "quiet",
    kind: "absence",
    of: { metric: "depth" },
    after: "10s",
    summary: "silence",
  }

  it("forgets a silent series in the end, where others are heard, and says so", () => {
    const book = open([quiet], { forgetAfter: "1m" })
    const beat = (second: number) => book.observe([reading(1, { queue: "b" })], moment(second))
    book.observe([reading(1, { queue: "a" }), reading(1, { queue: "b" })], moment(0))
    for (let second = 1; second < 70; second++) {
      const expected = second === 10 ? ['firing quiet/depth{queue="a"}'] : []
      assert.deepStrictEqual(said(beat(second)), expected, `${second} s`)
    }
    const [end] = beat(70)
    assert.deepStrictEqual([end?.alert.id, end?.alert.ending], ['quiet/depth{queue="a"}', "gone"])
    assert.isEmpty(beat(71))
    assert.isEmpty(book.active(moment(71)))
  })

  it("never forgets the last series: that nothing is heard is what it tells", () => {
    const book = open([quiet], { forgetAfter: "1m" })
    book.observe([reading(1, { queue: "a" }), reading(1, { queue: "b" })], moment(0))
    book.tick(moment(10))
    assert.isEmpty(book.tick(moment(100_000)))
    assert.lengthOf(book.active(moment(100_000)), 2)
  })

  it("counts only while something else is so, and of silence that since then", () => {
    const still: AlertRule = {
      ...quiet,
      of: { metric: "done" },
      isUnchanged: true,
      while: { of: { metric: "asked" }, to: { metric: "done" }, is: "above", bound: 1 },
    }
    const busy: AlertRule = {
      ...deep,
      while: { of: { metric: "asked" }, is: "at-least", bound: 5 },
    }
    const book = open([still, busy])
    const pass = (asked: number, done: number, depth: number, second: number) =>
      said(
        book.observe(
          [reading(asked, {}, "asked"), reading(done, {}, "done"), reading(depth)],
          moment(second),
        ),
      )
    // Nothing is asked for, so nothing need be done.
    for (let second = 0; second < 60; second += 5) assert.isEmpty(pass(3, 3, 11, second))
    assert.isEmpty(pass(4, 3, 11, 60))
    assert.deepStrictEqual(pass(5, 3, 11, 69), ["firing deep/depth"])
    assert.deepStrictEqual(pass(5, 3, 1, 70), ["firing quiet/done", "resolved deep/depth"])
    assert.isEmpty(pass(9, 3, 1, 600))
    assert.deepStrictEqual(pass(9, 8, 1, 601), ["resolved quiet/done"])
  })

  it("does not hold where nothing is known of what must be so beside it", () => {
    const book = open([{ ...deep, while: { of: { metric: "asked" }, is: "below", bound: 5 } }])
    assert.isEmpty(book.observe([reading(11)], moment(0)))
    assert.isEmpty(book.observe([reading(11), reading(Number.NaN, {}, "asked")], moment(1)))
    assert.lengthOf(book.observe([reading(11), reading(1, {}, "asked")], moment(2)), 1)
  })

  it("notices a metric that was never there, until it comes", () => {
    const book = open([
      { ...deep, kind: "absence", of: { metric: "depth" }, after: "10s", summary: "silence" },
    ])
    assert.isEmpty(book.tick(moment(9)))
    assert.deepStrictEqual(said(book.tick(moment(10))), ["firing deep/depth"])
    assert.deepStrictEqual(said(book.observe([reading(1, { queue: "a" })], moment(11))), [
      "resolved deep/depth",
    ])
    assert.deepStrictEqual(said(book.tick(moment(21))), ['firing deep/depth{queue="a"}'])
    assert.isEmpty(book.tick(moment(1000)))
  })
})
