import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { eventAt, findingsOf, hour, minute, second, start } from "../testing/DetectionEvents.ts"
import { defaultRules } from "./DefaultRules.ts"
import type { DetectionRule } from "./DetectionRule.ts"

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

describe("the rule about the audit's own configuration", () => {
  const changed = (data: unknown) => eventAt(0, "audit.configuration.changed", "e", { data })

  it("finds a change by whomever, and none that the tuner has given its reason for", () => {
    const rules = defaultRules.filter(({ name }) => name === "audit-changed")
    assert.lengthOf(findingsOf({ rules }, [changed({ by: "somebody", reason: "why not" })]), 1)
    assert.lengthOf(findingsOf({ rules }, [changed({ changes: [] })]), 1)
    assert.isEmpty(findingsOf({ rules }, [changed({ by: "countersign/tuner", reason: "slow" })]))
  })
})

describe("time", () => {
  it("is the application's as far as the engine's bears it out", () => {
    const seen = (atMillis: number, time: number) =>
      eventAt(time, "a.b", "u-1", { observed: new Date(start + atMillis).toISOString() })
    // An hour is allowed: these three belong together.
    assert.strictEqual(
      subjects(count, [seen(0, 0), seen(50 * minute, 1), seen(51 * minute, 2)]).length,
      1,
    )
    // Whoever dates back further is judged at the time at which he was seen, as is who dates ahead.
    const back = times(3, (index) => seen(5 * hour + index, -index * hour))
    const ahead = times(3, (index) => seen(index, (index + 1) * hour))
    assert.strictEqual(subjects(count, back).length, 1)
    assert.strictEqual(subjects(count, ahead).length, 1)
  })
})

describe("an event of several targets", () => {
  const targets = (...ids: ReadonlyArray<string>) =>
    ids.map((id) => ({ id, type: "User", rows: 40 }))

  it("is judged for each of them", () => {
    const rule: DetectionRule = { ...count, by: "target.id", atLeast: 2 }
    const events = [["a", "b"], ["c", "b"], ["c"]].map((ids, index) =>
      eventAt(index * second, "a.b", "u-1", { target: targets(...ids) }),
    )
    assert.deepStrictEqual(subjects(rule, events), ["b", "c"])
  })

  it("shows all of its values, and adds up all of its numbers", () => {
    const distinct: DetectionRule = {
      ...shared,
      kind: "distinct",
      name: "d",
      of: "target.id",
      atLeast: 3,
      within: "1m",
    }
    const event = eventAt(0, "a.b", "u-1", { id: "one", target: targets("a", "b", "c") })
    const [found] = findingsOf({ rules: [distinct] }, [event])
    assert.deepStrictEqual(found?.events, ["one"])
    assert.deepStrictEqual(subjects({ ...count, sum: "target.rows", atLeast: 120 }, [event]), [
      "u-1",
    ])
    assert.isEmpty(subjects({ ...count, sum: "target.rows", atLeast: 121 }, [event]))
  })

  it("gives each of them a role, which the last may use", () => {
    const grant = eventAt(0, "user.role.grant", "boss", { target: targets("a", "b", "c") })
    const read = eventAt(minute, "patient.record.read", "c", { classification: "PHI" })
    const found = findingsOf({ rules: defaultRules }, [grant, read])
    assert.deepStrictEqual(
      found.map(({ rule, subject }) => [rule, subject]),
      [["privilege-then-read", "c"]],
    )
  })
})

describe("an attack whose events come late", () => {
  const seen = (atMillis: number, time: number, id: string, target = "t") =>
    eventAt(time, "a.b", "u-1", {
      id,
      observed: new Date(start + atMillis).toISOString(),
      target: [{ id: target, type: "Patient" }],
    })
  const since = times(60, (index) => seen(index * minute, index * minute, `now-${index}`))

  it("is counted at its own time, although the account was busy since", () => {
    const late = times(3, (index) => seen(hour, 10 * minute + index + 1, `late-${index}`))
    const found = findingsOf({ rules: [count] }, [...since, ...late])
    assert.deepStrictEqual(
      found.map(({ atMillis, events }) => [atMillis - start, events.slice(-2)]),
      [[10 * minute + 2, ["late-0", "late-1"]]],
    )
    assert.include(found[0]?.events ?? [], "now-10")
  })

  it("has its different values counted, too", () => {
    const rule: DetectionRule = {
      ...shared,
      kind: "distinct",
      name: "d",
      of: "target.id",
      atLeast: 4,
      within: "1m",
    }
    const ordinary = times(60, (index) =>
      seen(index * minute, index * minute, `now-${index}`, `p-${index}`),
    )
    const late = times(4, (index) =>
      seen(hour, 10.5 * minute + index, `late-${index}`, `q-${index}`),
    )
    // Two of the late ones, with those of half a minute before and after.
    const found = findingsOf({ rules: [rule] }, [...ordinary, ...late])
    assert.deepStrictEqual(
      found.map(({ atMillis }) => atMillis - start),
      [10.5 * minute + 1],
    )
  })
})

describe("the same trail", () => {
  /** Random work of a few actors, so that most rules have something to say. */
  const work = (seed: number) => {
    const random = randomOf(seed)
    const pick = (...of: ReadonlyArray<string>): string => of[wholeBelow(random, of.length)] ?? ""
    let at = 0
    return times(600, () => {
      at += wholeBelow(random, 4 * second)
      return eventAt(
        at - wholeBelow(random, 2 * second),
        pick(
          "session.login",
          "patient.record.read",
          "patient.record.export",
          "role.grant",
          "break-glass.take",
        ),
        `u-${wholeBelow(random, 12)}`,
        {
          outcome: pick("success", "success", "failure", "denied"),
          classification: "PHI",
          source: { ip: `192.0.2.${wholeBelow(random, 3)}` },
          target: [{ id: `u-${wholeBelow(random, 12)}`, type: pick("Patient", "User") }],
          data: { records: wholeBelow(random, 3000) },
        },
      )
    })
  }

  it.prop(
    "gives the same findings whenever it is read",
    { seed: Schema.Int },
    ({ seed }) => {
      const events = work(seed)
      const copy: unknown = JSON.parse(JSON.stringify(events))
      const found = findingsOf({ rules: defaultRules }, events)
      assert.isAbove(found.length, 3)
      assert.deepStrictEqual(
        findingsOf({ rules: defaultRules }, copy as ReadonlyArray<unknown>),
        found,
      ) // was an array before
    },
    { arbitrary: { runs: 20 } },
  )

  it.prop(
    "has the same subjects found by counting whatever the order within a few seconds",
    { seed: Schema.Int },
    ({ seed }) => {
      const random = randomOf(seed + 1)
      const rules = defaultRules.filter(({ kind }) => kind === "count" || kind === "sequence")
      const seen = (events: ReadonlyArray<unknown>) =>
        new Set(findingsOf({ rules }, events).map(({ rule, subject }) => `${rule} ${subject}`))
      const events = work(seed)
      const late = events
        .map((event, index) => ({ event, seen: index + wholeBelow(random, 5) }))
        .toSorted((left, right) => left.seen - right.seen)
        .map(({ event }) => event)
      assert.deepStrictEqual([...seen(late)].sort(), [...seen(events)].sort())
    },
    { arbitrary: { runs: 20 } },
  )
})
