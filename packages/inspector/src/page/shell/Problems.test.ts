import type { Alert } from "@countersign/monitor/alert/Alert"
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { idleActor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { type Known, calmOf, countsInWords, countsOf, problemsMax, problemsOf } from "./Problems.ts"

const known = (snapshot: Partial<Snapshot> = {}, over: Partial<Known> = {}): Known => ({
  state: { _tag: "Live" },
  about: undefined,
  frame: { sequence: 1, atMillis: 60_000, snapshot: { ...emptySnapshot, ...snapshot } },
  ...over,
})
const titles = (one: Known) => problemsOf(one).map(({ title }) => title)

const account = {
  class: "standard",
  accepted: 10,
  recorded: 8,
  sampledOut: 0,
  lost: 0,
  inFlight: 0,
  refused: 0,
  dropped: 0,
  missing: 0,
  perSecond: 0,
} as const
const actor = idleActor("pool", { parent: null, state: "running", sinceMillis: 50_000 })
const sink = {
  sink: "postgres",
  isRequired: true,
  cursor: 1,
  lag: 7,
  lagBytes: 100,
  oldestMillis: 0,
  perSecond: 0,
  catchUpMillis: null,
  circuit: "closed",
  delivered: 1,
  deadLetters: 0,
  openLetters: 0,
} as const
const alert = (over: Partial<Alert>): Alert => ({
  id: "a",
  rule: "lag",
  severity: "warning",
  state: "firing",
  summary: "The lag is 7 s, above 5 s",
  subject: "postgres",
  value: 7,
  group: "g",
  sinceMillis: 0,
  changedMillis: 0,
  escalation: 0,
  evidence: [],
  ...over,
})

describe("what is wrong now", () => {
  it("is nothing where an engine runs", () => {
    const well = { ledger: [account], actors: [actor], sinks: [sink] }
    assert.deepStrictEqual(problemsOf(known(well)), [])
  })

  it("is the connection, with why", () => {
    const [problem] = problemsOf(
      known({}, { state: { _tag: "Stale", sinceMillis: 1, detail: "no server answers" } }),
    )
    assert.deepInclude(problem, { severity: "error", detail: "no server answers" })
  })

  it("is a trail that was tampered with, and a verification that could not end is less", () => {
    const said = (verdict: "tampered" | "incomplete" | "verified") =>
      problemsOf(
        known({
          engine: { ...emptySnapshot.engine, verification: { verdict, atMillis: 1 } },
        }),
      ).map(({ severity, link }) => `${severity} ${link}`)
    assert.deepStrictEqual(said("tampered"), ["error verify"])
    assert.deepStrictEqual(said("incomplete"), ["warning verify"])
    assert.deepStrictEqual(said("verified"), [])
  })

  it("is what a room has found itself, where no engine tells anything", () => {
    const problem = {
      id: "verify",
      severity: "error" as const,
      title: "This page: TAMPERED WITH",
      detail: "entry 7",
      link: "verify",
    }
    const found = known({}, { frame: undefined, found: [problem] })
    assert.deepStrictEqual(problemsOf(found), [problem])
  })

  it("is an engine that has failed, with its reason", () => {
    const engine = { ...emptySnapshot.engine, state: "failed" as const, detail: "the disk is full" }
    assert.deepInclude(problemsOf(known({ engine }))[0], {
      title: "The engine is failed",
      detail: "the disk is full",
    })
  })

  it("is an event that is missing, too many, or lost", () => {
    assert.deepStrictEqual(titles(known({ ledger: [{ ...account, missing: 2 }] })), [
      "2 events of class standard missing",
    ])
    assert.deepStrictEqual(titles(known({ ledger: [{ ...account, missing: -1 }] })), [
      "1 event of class standard too many",
    ])
    assert.deepStrictEqual(titles(known({ ledger: [{ ...account, lost: 1 }] })), [
      "1 event of class standard lost",
    ])
  })

  it("is an actor that is blocked for long, not one that has just begun to wait", () => {
    const blocked = { ...actor, state: "blocked" as const, waitsOn: "sign" }
    assert.deepStrictEqual(titles(known({ actors: [blocked] })), ["pool is blocked for 10 s"])
    assert.deepStrictEqual(titles(known({ actors: [{ ...blocked, sinceMillis: 58_000 }] })), [])
  })

  it("is an actor that has failed, with its cause and where to look", () => {
    const failed = { ...actor, id: "sink a&b", state: "failed" as const, lastCause: "EIO" }
    assert.deepInclude(problemsOf(known({ actors: [failed] }))[0], {
      severity: "error",
      detail: "EIO",
      link: "actor?id=sink+a%26b",
    })
  })

  it("is a sink that is not reached or has refused records", () => {
    const bad = { ...sink, circuit: "open" as const, openLetters: 1 }
    assert.deepStrictEqual(titles(known({ sinks: [bad] })), [
      "The sink postgres is not reached",
      "The sink postgres has refused 1 record",
    ])
  })

  it("is an alert that fires, not one that is acknowledged, over or only for information", () => {
    const alerts = [
      alert({}),
      alert({ id: "b", state: "acknowledged" }),
      alert({ id: "c", state: "resolved" }),
      alert({ id: "d", severity: "info" }),
    ]
    assert.deepStrictEqual(titles(known({ alerts })), ["The lag is 7 s, above 5 s"])
  })

  it("has errors before warnings", () => {
    const alerts = [alert({}), alert({ id: "b", severity: "critical", summary: "worse" })]
    assert.deepStrictEqual(titles(known({ alerts })), ["worse", "The lag is 7 s, above 5 s"])
  })

  it("is a list that ends", () => {
    const alerts = Array.from({ length: 500 }, (_, index) => alert({ id: String(index) }))
    assert.lengthOf(problemsOf(known({ alerts })), problemsMax)
  })
})

describe("how many there are", () => {
  it("is said in words", () => {
    const counts = countsOf(
      problemsOf(known({ alerts: [alert({}), alert({ id: "b", severity: "error" })] })),
    )
    assert.strictEqual(countsInWords(counts), "1 error, 1 warning")
    assert.strictEqual(countsInWords({ errors: 2, warnings: 0 }), "2 errors")
    assert.strictEqual(countsInWords({ errors: 0, warnings: 0 }), "no problems")
  })
})

describe("where no problem is known", () => {
  const { frame } = known()
  const over = (name: "engine" | "directory") => ({
    protocol: 1,
    over: name,
    origin: "",
    directory: "trail",
    verifierKey: "",
    pid: 1,
    node: "26",
    startedMillis: 1,
    frameMillis: 250,
    isWritable: false,
  })

  it("only an engine that has been heard says that all is well", () => {
    assert.isTrue(calmOf({ about: over("engine"), frame }).isGood)
    assert.isFalse(calmOf({ about: over("engine"), frame: undefined }).isGood)
    assert.isFalse(calmOf({ about: undefined, frame: undefined }).isGood)
  })

  it("files by themselves say nothing", () => {
    const { isGood, words } = calmOf({ about: over("directory"), frame: undefined })
    assert.isFalse(isGood)
    assert.include(words, "Verify")
  })
})
