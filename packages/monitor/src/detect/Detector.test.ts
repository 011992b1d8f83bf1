import { assert, describe, it } from "@effect/vitest"
import { eventAt, findingsOf, hour, minute, second, start } from "../testing/DetectionEvents.ts"
import type { DetectionRule } from "./DetectionRule.ts"
import { Detector } from "./Detector.ts"

const shared = {
  summary: "It was seen",
  severity: "warning",
  confidence: 0.5,
  when: "type=a.b",
  by: "actor.id",
} as const

const count: DetectionRule = { ...shared, kind: "count", name: "c", atLeast: 3, within: "1m" }
const times = <A>(amount: number, make: (index: number) => A) =>
  Array.from({ length: amount }, (_, index) => make(index))
const subjects = (rule: DetectionRule, events: ReadonlyArray<unknown>, outside = {}) =>
  findingsOf({ rules: [rule], ...outside }, events).map(({ subject }) => subject)

describe("a finding", () => {
  it("names the events, the subject, the technique, and says how much against what bound", () => {
    const events = times(3, (index) => eventAt(index * second, "a.b", "u-1", { id: `x-${index}` }))
    const rule: DetectionRule = { ...count, technique: "T1110.001" }
    assert.deepStrictEqual(findingsOf({ rules: [rule] }, events), [
      {
        id: `c/u-1/${Math.floor((start + 2 * second) / minute)}`,
        rule: "c",
        severity: "warning",
        subject: "u-1",
        atMillis: start + 2 * second,
        confidence: 0.5,
        technique: "T1110.001",
        explanation: "It was seen: 3 events (the bound is 3) within 60 s",
        events: ["x-0", "x-1", "x-2"],
      },
    ])
  })

  it("comes once while it goes on, and again after the quiet time", () => {
    const goesOn = times(10, (index) => eventAt(index * second, "a.b", "u-1"))
    const again = times(3, (index) => eventAt(5 * minute + index * second, "a.b", "u-1"))
    assert.strictEqual(subjects(count, goesOn).length, 1)
    assert.strictEqual(subjects(count, [...goesOn, ...again]).length, 2)
  })

  it("is surer of whoever had one of late", () => {
    const other: DetectionRule = { ...count, name: "d", atLeast: 4 }
    const events = times(4, (index) => eventAt(index * second, "a.b", "u-1"))
    const found = findingsOf({ rules: [count, other] }, events)
    assert.deepStrictEqual(
      found.map(({ confidence }) => confidence),
      [0.5, 0.625],
    )
  })

  it("shows at most twenty events, the newest last", () => {
    const rule: DetectionRule = { ...count, atLeast: 50 }
    const events = times(50, (index) => eventAt(index * 100, "a.b", "u-1", { id: `x-${index}` }))
    const [found] = findingsOf({ rules: [rule] }, events)
    assert.deepStrictEqual(
      found?.events,
      times(20, (index) => `x-${index + 30}`),
    )
  })
})

describe("count", () => {
  it("counts each key for itself, within the time, what the filter lets through", () => {
    const spread = times(3, (index) => eventAt(index * minute, "a.b", "u-1"))
    const shared = times(4, (index) => eventAt(index * second, "a.b", `u-${index % 2}`))
    const others = times(9, (index) => eventAt(index * second, "a.c", "u-1"))
    for (const events of [spread, shared, others]) assert.isEmpty(subjects(count, events))
  })

  it("adds up a number that the events carry", () => {
    const rule: DetectionRule = { ...count, sum: "data.rows", atLeast: 100 }
    const rows = (amount: unknown) => eventAt(0, "a.b", "u-1", { data: { rows: amount } })
    assert.isEmpty(subjects(rule, [rows(60), rows("80"), rows(39.9), rows(-5)]))
    assert.deepStrictEqual(subjects(rule, [rows(60), rows(40)]), ["u-1"])
  })
})

describe("distinct", () => {
  it("counts different values only", () => {
    const rule: DetectionRule = {
      ...shared,
      kind: "distinct",
      name: "d",
      by: "source.ip",
      of: "actor.id",
      atLeast: 3,
      within: "1m",
    }
    const from = (actor: string, index: number) =>
      eventAt(index * second, "a.b", actor, { source: { ip: "192.0.2.1" } })
    assert.isEmpty(subjects(rule, ["a", "b", "a", "b", "a"].map(from)))
    assert.deepStrictEqual(subjects(rule, ["a", "b", "a", "c"].map(from)), ["192.0.2.1"])
  })
})

describe("schedule", () => {
  it("counts what is done while nobody works", () => {
    const open = { days: ["sat"], from: "08:00", to: "12:00", zone: "UTC" } as const
    const rule: DetectionRule = {
      ...shared,
      kind: "schedule",
      name: "s",
      open,
      atLeast: 2,
      within: "1h",
    }
    const at = (...hours: ReadonlyArray<number>) =>
      hours.map((each) => eventAt(each * hour, "a.b", "u-1"))
    assert.isEmpty(subjects(rule, at(0, 1, 2)))
    assert.isEmpty(subjects(rule, at(2.9, 3.1)))
    assert.deepStrictEqual(subjects(rule, at(3.1, 3.2)), ["u-1"])
  })
})

describe("sequence", () => {
  const rule: DetectionRule = {
    ...shared,
    kind: "sequence",
    name: "q",
    first: "type=role.grant",
    firstBy: "target.id",
    within: "10m",
  }
  const grant = (at: number) =>
    eventAt(at, "role.grant", "boss", { id: "grant", target: [{ id: "u-1", type: "User" }] })
  const read = (at: number, actor = "u-1") => eventAt(at, "a.b", actor, { id: "read" })

  it("finds the one after the other, each with its own place of the key", () => {
    const [found] = findingsOf({ rules: [rule] }, [grant(0), read(minute)])
    assert.strictEqual(found?.subject, "u-1")
    assert.deepStrictEqual(found?.events, ["grant", "read"])
  })

  it("finds it as well where the first comes later in the trail", () =>
    assert.deepStrictEqual(subjects(rule, [read(minute), grant(0)]), ["u-1"]))

  it("finds it where the first comes so late that the key was busy since", () => {
    const since = times(50, (index) => eventAt((index + 1) * minute, "a.b", "u-1"))
    const grants = times(20, (index) => ({ ...grant(hour + index), id: `later-${index}` }))
    assert.deepStrictEqual(subjects({ ...rule, quiet: "1s" }, [...since, grant(0.5 * minute)]), [
      "u-1",
    ])
    assert.deepStrictEqual(subjects(rule, [grant(0), ...grants, read(minute)]), ["u-1"])
  })

  it("wants the order of time, the same key, and not too long between", () => {
    assert.isEmpty(subjects(rule, [read(0), grant(minute)]))
    assert.isEmpty(subjects(rule, [grant(0), read(minute, "u-2")]))
    assert.isEmpty(subjects(rule, [grant(0), read(11 * minute)]))
  })
})

describe("first-seen", () => {
  const rule: DetectionRule = {
    ...shared,
    kind: "first-seen",
    name: "f",
    of: "target.type",
    minimum: 10,
  }
  const of = (type: string) => eventAt(0, "a.b", "u-1", { target: [{ id: "t", type }] })

  it("finds what is new for a key that is known", () => {
    assert.deepStrictEqual(subjects(rule, [...times(10, () => of("Patient")), of("Invoice")]), [
      "u-1",
    ])
  })

  it("finds only what is rare among the keys, where the rule wants that", () => {
    const rare: DetectionRule = { ...rule, rareBelow: 0.3 }
    const used = (actor: string, type: string) =>
      eventAt(0, "a.b", actor, { target: [{ id: "t", type }] })
    const known = times(50, (index) => used(`u-${index % 5}`, "Patient"))
    assert.deepStrictEqual(
      subjects(rare, [...known, used("u-1", "Invoice"), used("u-2", "Invoice")]),
      ["u-1", "u-2"],
    )
    const shared = [...known, ...times(4, (index) => used(`u-${index}`, "Invoice"))]
    assert.deepStrictEqual(subjects(rare, shared), ["u-0", "u-1"])
  })

  it("goes on where a rule has had a thousand values, and says how many it forgot", () => {
    const detector = new Detector({ rules: [rule] })
    for (let index = 0; index < 1000; index += 1) detector.judge(of(`kind-${index % 30}`))
    for (let index = 0; index < 1000; index += 1) detector.judge(of(`other-${index}`))
    assert.isAbove(detector.counts().forgottenValues, 900)
    const events = [
      ...times(1000, (index) => ({ ...of(`kind-${index}`), actor: { id: "u-2", type: "user" } })),
      ...times(10, () => of("Patient")),
      of("Invoice"),
    ]
    assert.include(subjects({ ...rule, quiet: "1s" }, events), "u-1")
  })

  it("sees each target of an event", () => {
    const both = eventAt(0, "a.b", "u-1", {
      target: [
        { id: "t", type: "Patient" },
        { id: "t", type: "Invoice" },
      ],
    })
    const [found] = findingsOf({ rules: [rule] }, [...times(10, () => of("Patient")), both])
    assert.include(found?.explanation, "Invoice as target.type")
  })

  it("finds nothing new for a key that is hardly known, nor the same twice", () => {
    assert.isEmpty(subjects(rule, [...times(5, () => of("Patient")), of("Invoice")]))
    assert.isEmpty(
      subjects(rule, [of("Invoice"), ...times(20, () => of("Patient")), of("Invoice")]),
    )
  })
})

describe("travel", () => {
  const rule: DetectionRule = {
    ...shared,
    kind: "travel",
    name: "t",
    kilometresAtLeast: 500,
    kilometresPerHour: 1000,
  }
  const berlin = { latitude: 52.52, longitude: 13.405 }
  const tokyo = { latitude: 35.68, longitude: 139.69 }
  const potsdam = { latitude: 52.4, longitude: 13.06 }
  const at = (millis: number, geo: unknown) => eventAt(millis, "a.b", "u-1", { data: { geo } })

  it("finds a way that nobody travels in the time", () => {
    const [found] = findingsOf({ rules: [rule] }, [at(0, berlin), at(2 * hour, tokyo)])
    assert.match(found?.explanation ?? "", /89\d\d km within 2 h/)
  })

  it("finds none that a plane takes, nor a short one", () => {
    assert.isEmpty(subjects(rule, [at(0, berlin), at(12 * hour, tokyo)]))
    assert.isEmpty(subjects(rule, [at(0, berlin), at(0, potsdam)]))
  })

  it("asks where an address is, and makes nothing of one that nobody knows", () => {
    const from = (millis: number, ip: string) => eventAt(millis, "a.b", "u-1", { source: { ip } })
    const places = new Map([
      ["192.0.2.1", berlin],
      ["192.0.2.2", tokyo],
    ])
    const locate = (address: string) => places.get(address)
    const events = [from(0, "192.0.2.1"), from(1, "192.0.2.3"), from(hour, "192.0.2.2")]
    assert.deepStrictEqual(subjects(rule, events, { locate }), ["u-1"])
    assert.isEmpty(subjects(rule, events.slice(0, 2), { locate }))
  })
})

describe("absence", () => {
  const rule: DetectionRule = { ...shared, kind: "absence", name: "n", within: "5m", minimum: 10 }
  const speaks = times(20, (index) => eventAt(index * 10 * second, "a.b", "feed"))
  const others = (from: number, to: number) =>
    times((to - from) / minute, (index) => eventAt(from + index * minute, "a.c", "u-1"))

  it("finds who spoke and speaks no more, once", () => {
    const found = findingsOf({ rules: [rule] }, [...speaks, ...others(4 * minute, 30 * minute)])
    assert.deepStrictEqual(
      found.map(({ atMillis, subject }) => [subject, atMillis]),
      [["feed", start + 190 * second + 5 * minute]],
    )
  })

  it("finds a silence that has ended", () =>
    assert.deepStrictEqual(subjects(rule, [...speaks, eventAt(hour, "a.b", "feed")]), ["feed"]))

  it("finds nothing of who hardly spoke, nor while the engine itself was away", () => {
    assert.isEmpty(subjects(rule, [...speaks.slice(0, 5), ...others(0, 30 * minute)]))
    const opened = eventAt(hour, "audit.opened", "countersign")
    assert.isEmpty(subjects(rule, [...speaks, opened, ...others(hour, hour + 4 * minute)]))
  })

  it("is told by the clock where the whole stream is silent", () => {
    const detector = new Detector({ rules: [rule] })
    for (const event of speaks) detector.judge(event)
    assert.isEmpty(detector.advance(start + 5 * minute))
    assert.strictEqual(detector.advance(start + hour)[0]?.subject, "feed")
    assert.isEmpty(detector.advance(start + 2 * hour))
  })
})

describe("baseline", () => {
  const rule: DetectionRule = {
    ...shared,
    kind: "baseline",
    name: "b",
    every: "10m",
    halfLife: "7d",
    score: 6,
    minimum: 20,
    atLeast: 30,
  }
  const worked = (perPeriod: number, periods: number, from = 0) =>
    times(perPeriod * periods, (index) =>
      eventAt((from + index / perPeriod) * 10 * minute, "a.b", "u-1"),
    )

  it("finds far more than usual", () => {
    const found = findingsOf({ rules: [rule] }, [...worked(5, 30), ...worked(60, 1, 30)])
    assert.strictEqual(found.length, 1)
    assert.include(found[0]?.explanation, "where 5.0 are usual")
  })

  it("finds nothing where that much is usual, or where nothing is known", () => {
    assert.isEmpty(subjects(rule, [...worked(58, 30), ...worked(60, 1, 30)]))
    assert.isEmpty(subjects(rule, [...worked(5, 10), ...worked(60, 1, 10)]))
  })
})

describe("reputation", () => {
  it("finds what has a bad name, and trusts nobody for being unknown", () => {
    const rule: DetectionRule = { ...shared, kind: "reputation", name: "r", by: "source.ip" }
    const event = eventAt(0, "a.b", "u-1", { source: { ip: "192.0.2.1" } })
    for (const [standing, findings] of [
      ["bad", 1],
      ["unknown", 0],
      ["good", 0],
    ] as const) {
      assert.strictEqual(subjects(rule, [event], { standingOf: () => standing }).length, findings)
    }
  })
})

describe("bounds", () => {
  it("forget the key that was not seen for longest, and count it", () => {
    const detector = new Detector({ rules: [count], keysMax: 100 })
    for (let index = 0; index < 1000; index += 1)
      detector.judge(eventAt(index, "a.b", `u-${index}`))
    assert.deepInclude(detector.counts(), { judged: 1000, keys: 100, forgotten: 900 })
  })

  it("hold for types, and for keys as long as an event", () => {
    const detector = new Detector({ rules: [{ ...count, when: "outcome=success" }] })
    for (let index = 0; index < 10_000; index += 1)
      detector.judge(eventAt(index, `t.x${index}`, "u-1"))
    assert.strictEqual(detector.counts().findings, 1)
    const long = findingsOf(
      { rules: [count] },
      times(3, () => eventAt(0, "a.b", "u".repeat(60_000))),
    )
    assert.isAtMost(long[0]?.subject.length ?? Infinity, 256)
  })

  it("count what is no event, and go on", () => {
    const detector = new Detector({ rules: [count] })
    for (const what of [
      null,
      7,
      "x",
      [],
      {},
      { type: "a.b" },
      { type: "a.b", time: "soon" },
      { type: 1 },
    ]) {
      assert.isEmpty(detector.judge(what))
    }
    assert.deepInclude(detector.counts(), { judged: 0, unreadable: 8 })
  })

  it("judge no findings and no alerts", () => {
    const every: DetectionRule = { ...count, when: "exists(type)", atLeast: 1 }
    for (const type of ["countersign.finding.velocity", "countersign.alert.firing"]) {
      assert.isEmpty(subjects(every, [eventAt(0, type, "countersign")]))
    }
  })
})
