import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Finding } from "../detect/Finding.ts"
import type { Labels, Reading } from "../metric/Reading.ts"
import { Alert } from "./Alert.ts"
import { AlertBook, type AlertChange, type Moment } from "./AlertBook.ts"
import { pastMax } from "./AlertPast.ts"
import type { AlertRule, AlertRules } from "./AlertRule.ts"

const date = Date.parse("2026-11-21T12:00:00Z")
const moment = (seconds: number): Moment => ({
  nowMillis: seconds * 1000,
  dateMillis: date + seconds * 1000,
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
  summary: "{labels.queue} holds {value}, more than {bound}",
}
const open = (rules: ReadonlyArray<AlertRule>, more: Partial<AlertRules> = {}) =>
  new AlertBook({ rules, ...more }, { startedAt: moment(0) })
const said = (changes: ReadonlyArray<AlertChange>) =>
  changes.map(({ alert, turn }) => `${turn} ${alert.id}`)

describe("AlertBook", () => {
  it("has one alert for each series, with a sentence for a person", () => {
    const book = open([deep])
    const changes = book.observe(
      [reading(11, { queue: "a" }), reading(12.34567, { queue: "b" }), reading(3, { queue: "c" })],
      moment(1),
    )
    assert.deepStrictEqual(said(changes), [
      'firing deep/depth{queue="a"}',
      'firing deep/depth{queue="b"}',
    ])
    assert.strictEqual(changes[1]?.alert.summary, "b holds 12.35, more than 10")
    assert.deepStrictEqual(said(book.observe([reading(11, { queue: "a" })], moment(2))), [])
    assert.lengthOf(book.active(moment(2)), 2)
    for (const { alert } of changes) assert.isTrue(Schema.is(Alert)(alert))
  })

  it("shows no character of a label that would move a cursor", () => {
    const [change] = open([deep]).observe([reading(11, { queue: "a\n\u001b[2Jb" })], moment(1))
    assert.strictEqual(change?.alert.summary, "a  [2Jb holds 11, more than 10")
  })

  it("takes a single reading in the same turn", () => {
    const book = open([deep])
    assert.deepStrictEqual(said(book.observeOne(reading(11), moment(1))), ["firing deep/depth"])
    assert.deepStrictEqual(said(book.observeOne(reading(9), moment(2))), ["resolved deep/depth"])
    assert.deepStrictEqual(book.observeOne(reading(11, {}, "width"), moment(2)), [])
  })

  it("dates an alert by when its condition began, however the clock was set meanwhile", () => {
    const book = open([{ ...deep, for: "10s" }])
    book.observe([reading(11)], moment(0))
    const [change] = book.observe([reading(11)], {
      nowMillis: 10_000,
      dateMillis: date - 3_600_000,
    })
    assert.strictEqual(change?.turn, "firing")
    assert.strictEqual(change?.alert.sinceMillis, date - 3_600_000 - 10_000)
  })

  it("means the series that match, and leaves out what it is told to", () => {
    const book = open([
      {
        ...deep,
        of: {
          metric: "depth",
          labels: { queue: ["a*", "b"] },
          except: { queue: "a?", kind: "toy" },
        },
      },
    ])
    const series = [
      { queue: "abc" },
      { queue: "b" },
      { queue: "c" },
      { queue: "ax", kind: "toy" },
      { queue: "ay", kind: "real" },
    ]
    const changes = book.observe(
      series.map((labels) => reading(11, labels)),
      moment(1),
    )
    assert.deepStrictEqual(
      changes.map(({ alert }) => alert.subject),
      ['depth{queue="abc"}', 'depth{queue="b"}', 'depth{kind="real",queue="ay"}'],
    )
  })

  it("tells nobody within a suppression, and those whom it concerns after it", () => {
    const book = open([deep, { ...deep, name: "other" }], {
      suppressions: [
        {
          name: "upgrade",
          alerts: { rules: ["de*"] },
          start: "2026-11-21T12:00:00Z",
          end: "2026-11-21T12:01:00Z",
        },
      ],
    })
    const [first, second] = book.observe([reading(11)], moment(1))
    assert.deepStrictEqual([first?.turn, first?.alert.quietBy], ["suppressed", "upgrade"])
    assert.deepStrictEqual(first?.notify, [])
    assert.strictEqual(second?.turn, "firing")
    const [after] = book.tick(moment(60))
    assert.deepStrictEqual([after?.turn, after?.notify], ["firing", undefined])
  })

  it("does not tell of the end of what nobody was told of", () => {
    const book = open([deep], {
      suppressions: [{ name: "always", from: "00:00", to: "00:00" }],
    })
    book.observe([reading(11)], moment(1))
    const [end] = book.observe([reading(9)], moment(2))
    assert.deepStrictEqual([end?.turn, end?.notify], ["resolved", []])
  })

  it("silences what another alert makes no news, even in the same moment", () => {
    const broken: AlertRule = { ...deep, name: "broken", of: { metric: "broken" }, bound: 0 }
    const book = open([deep, broken], {
      inhibitions: [
        { while: { rules: ["broken"] }, silence: { rules: ["deep"] }, equal: ["queue"] },
      ],
    })
    const readings = [
      reading(11, { queue: "a" }),
      reading(11, { queue: "b" }),
      reading(1, { queue: "a" }, "broken"),
    ]
    const changes = book.observe(readings, moment(1))
    assert.deepStrictEqual(said(changes), [
      'firing broken/broken{queue="a"}',
      'suppressed deep/depth{queue="a"}',
      'firing deep/depth{queue="b"}',
    ])
    assert.strictEqual(changes[1]?.alert.quietBy, "broken")
    assert.deepStrictEqual(said(book.observe([reading(0, { queue: "a" }, "broken")], moment(2))), [
      'resolved broken/broken{queue="a"}',
      'firing deep/depth{queue="a"}',
    ])
  })

  it("tells each step's own targets, and of the end everybody who was told", () => {
    const book = open([
      {
        ...deep,
        notify: ["log"],
        escalate: [
          { after: "1m", notify: ["first"] },
          { after: "5m", notify: ["second"] },
        ],
      },
    ])
    const told = (changes: ReadonlyArray<AlertChange>) =>
      changes.map(({ alert, notify, turn }) => [turn, alert.escalation, notify])
    assert.deepStrictEqual(told(book.observe([reading(11)], moment(0))), [["firing", 0, ["log"]]])
    book.observe([reading(11)], moment(59))
    assert.deepStrictEqual(told(book.observe([reading(11)], moment(60))), [
      ["escalated", 1, ["first"]],
    ])
    assert.deepStrictEqual(told(book.observe([reading(9)], moment(61))), [
      ["resolved", 1, ["log", "first"]],
    ])
  })

  it("stops that when somebody has it", () => {
    const book = open([{ ...deep, escalate: [{ after: "1m", notify: ["first"] }] }])
    book.observe([reading(11)], moment(0))
    const taken = book.acknowledge("deep/depth", "kim", "mine", moment(1))
    assert.isFalse(taken?.isRepeated)
    assert.deepInclude(taken?.change.alert, {
      state: "acknowledged",
      acknowledgedBy: "kim",
      note: "mine",
    })
    assert.isEmpty(book.observe([reading(11)], moment(61)))
    assert.isUndefined(book.acknowledge("nothing", "lou", "", moment(62)))
  })

  it("leaves it with whoever has it, and says who that is", () => {
    const book = open([deep])
    book.observe([reading(11)], moment(0))
    book.acknowledge("deep/depth", "kim", "mine", moment(1))
    for (const by of ["kim", "lou"]) {
      const again = book.acknowledge("deep/depth", by, "no, mine", moment(2))
      assert.isTrue(again?.isRepeated)
      assert.deepStrictEqual(again?.change.notify, [])
      assert.deepInclude(again?.change.alert, { acknowledgedBy: "kim", note: "mine" })
    }
    assert.lengthOf(book.history(), 2)
  })

  it("has nothing to acknowledge of what is pending or over", () => {
    const book = open([{ ...deep, for: "10s" }])
    book.observe([reading(11)], moment(0))
    assert.isUndefined(book.acknowledge("deep/depth", "kim", "", moment(1)))
    book.observe([reading(11)], moment(10))
    book.observe([reading(1)], moment(11))
    assert.isUndefined(book.acknowledge("deep/depth", "kim", "", moment(12)))
  })

  it("keeps what detection found with its events, until nothing more is found", () => {
    const book = open([
      {
        name: "intruder",
        kind: "finding",
        rules: ["login-*"],
        severities: ["critical"],
        quiet: "10s",
        summary: "{subject}: {value} times",
      },
    ])
    const finding: Finding = {
      id: "1",
      rule: "login-burst",
      severity: "critical",
      subject: "u-7",
      atMillis: date,
      confidence: 0.9,
      explanation: "five failed logins",
      events: ["e1", "e2"],
    }
    const [first] = book.find(finding, moment(0))
    assert.strictEqual(first?.turn, "firing")
    assert.deepStrictEqual(first?.alert.evidence, ["e1", "e2"])
    assert.isEmpty(book.find({ ...finding, events: ["e2", "e3"] }, moment(5)))
    assert.deepStrictEqual(book.active(moment(5))[0]?.evidence, ["e1", "e2", "e3"])
    assert.isEmpty(book.find({ ...finding, rule: "export", subject: "x" }, moment(5)))
    assert.isEmpty(book.find({ ...finding, severity: "info", subject: "x" }, moment(5)))
    assert.isEmpty(book.tick(moment(14)))
    assert.deepStrictEqual(
      book.tick(moment(15)).map(({ turn }) => turn),
      ["resolved"],
    )
    assert.isEmpty(book.active(moment(15)))
  })

  it("counts findings about whom it has no room for as one", () => {
    const book = open([
      {
        name: "intruder",
        kind: "finding",
        rules: ["*"],
        quiet: "10s",
        seriesMax: 1,
        summary: "{value} times",
      },
    ])
    const about = (subject: string): Finding => ({
      id: subject,
      rule: "burst",
      severity: "error",
      subject,
      atMillis: date,
      confidence: 1,
      explanation: "",
      events: [`of ${subject}`],
    })
    const changes = ["a", "b", "c"].flatMap((subject) => book.find(about(subject), moment(0)))
    assert.deepStrictEqual(said(changes), ["firing intruder/burst/a", "firing intruder/other"])
    const other = book.active(moment(1)).find(({ id }) => id === "intruder/other")
    assert.deepInclude(other, { value: 2, evidence: ["of b", "of c"] })
    assert.isEmpty(book.observe([], moment(1)))
    assert.lengthOf(book.observe([], moment(10)), 2)
  })

  it("remembers the newest changes, and no more than it may", () => {
    const book = new AlertBook({ rules: [deep] }, { startedAt: moment(0), historyMax: 3 })
    for (let second = 1; second < 10; second++) {
      book.observe([reading(second % 2 === 1 ? 11 : 9)], moment(second))
    }
    assert.deepStrictEqual(
      book.history().map(({ turn }) => turn),
      ["firing", "resolved", "firing"],
    )
  })

  it("names what is over once, as it last ended, the newest first", () => {
    const book = open([deep])
    const level = (value: number, queue: string, second: number) =>
      book.observe([reading(value, { queue })], moment(second))
    const past = () =>
      book
        .past()
        .map(({ changedMillis, subject, value }) => [subject, value, (changedMillis - date) / 1000])
    level(11, "a", 1)
    assert.isEmpty(past())
    level(1, "a", 2)
    level(12, "b", 3)
    level(2, "b", 4)
    assert.deepStrictEqual(past(), [
      ['depth{queue="b"}', 2, 4],
      ['depth{queue="a"}', 1, 2],
    ])
    // What has begun again is over no more.
    level(13, "a", 5)
    assert.deepStrictEqual(past(), [['depth{queue="b"}', 2, 4]])
    level(3, "a", 6)
    assert.deepStrictEqual(past(), [
      ['depth{queue="a"}', 3, 6],
      ['depth{queue="b"}', 2, 4],
    ])
    assert.isTrue(book.past().every(({ state }) => state === "resolved"))
  })

  it("remembers the newest of those that are over, and no more than it may", () => {
    const book = open([{ ...deep, seriesMax: 1000 }])
    const all = (value: number) =>
      Array.from({ length: pastMax + 50 }, (_, queue) => reading(value, { queue: `${queue}` }))
    book.observe(all(11), moment(1))
    book.observe(all(1), moment(2))
    assert.lengthOf(book.past(), pastMax)
    assert.strictEqual(book.past()[0]?.subject, `depth{queue="${pastMax + 49}"}`)
  })

  const Step = Schema.Struct({
    after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
    series: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 7 })),
    value: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
    way: Schema.Literals(["observe", "observeOne", "tick", "acknowledge"]),
  })
  it.prop(
    "never has two alerts of one id, nor more than its series, nor an end without a beginning",
    { steps: Schema.Array(Step).check(Schema.isMaxLength(80)) },
    ({ steps }) => {
      const book = open(
        [
          { ...deep, for: "5s", keepFiring: "5s", seriesMax: 4 },
          { ...deep, name: "fast", kind: "rate", of: { metric: "depth" }, over: "10s", bound: 1 },
        ],
        { staleAfter: "30s" },
      )
      const isOpen = new Set<string>()
      let now = 0
      for (const { after, series, value, way } of steps) {
        now += after
        const at = moment(now)
        const one = reading(value, { queue: `${series}` })
        const [any] = book.active(at)
        const acknowledged =
          way === "acknowledge" && any !== undefined
            ? book.acknowledge(any.id, "kim", "", at)?.change
            : undefined
        const changes =
          way === "observe"
            ? book.observe([one], at)
            : way === "observeOne"
              ? book.observeOne(one, at)
              : way === "tick"
                ? book.tick(at)
                : acknowledged === undefined
                  ? []
                  : [acknowledged]
        for (const { alert, turn } of changes) {
          if (turn === "firing") {
            assert.isFalse(isOpen.has(alert.id), `${alert.id} fires again`)
            isOpen.add(alert.id)
          } else if (turn === "resolved") {
            assert.isTrue(isOpen.delete(alert.id), `${alert.id} ends without a beginning`)
          } else if (turn !== "pending") assert.isTrue(isOpen.has(alert.id))
        }
        const active = book.active(at)
        assert.strictEqual(new Set(active.map(({ id }) => id)).size, active.length)
        assert.isAtMost(active.filter(({ rule }) => rule === "deep").length, 5)
      }
    },
    { arbitrary: { runs: 300 } },
  )
})
