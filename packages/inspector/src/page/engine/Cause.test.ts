import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { idleActor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import type { ActorRow } from "./ActorRows.ts"
import { type Cause, causesOf } from "./Cause.ts"
import { emptySnapshot } from "./EmptySnapshot.ts"

const atMillis = 1_000_000

const actor = (id: string, given: Partial<ActorRow> = {}): ActorRow =>
  idleActor(id, { sinceMillis: atMillis - 4200, ...given })
const waitsOn = (id: string, other: string, given: Partial<ActorRow> = {}) =>
  actor(id, { state: "blocked", waitsOn: other, ...given })

type SinkRow = Snapshot["sinks"][number]
const sink = (given: Partial<SinkRow> = {}): SinkRow => ({
  sink: "postgres",
  isRequired: false,
  cursor: 0,
  lag: 1200,
  lagBytes: 2_097_152,
  oldestMillis: 12_000,
  perSecond: 90,
  catchUpMillis: 13_000,
  circuit: "closed",
  delivered: 0,
  deadLetters: 0,
  openLetters: 0,
  ...given,
})

const causes = (given: Partial<Snapshot>): ReadonlyArray<Cause> =>
  causesOf({ atMillis, snapshot: { ...emptySnapshot, ...given } })
const first = (given: Partial<Snapshot>): Cause => {
  const cause = causes(given)[0]
  assert.isDefined(cause)
  return cause
}
const of = (...actors: ReadonlyArray<ActorRow>): Cause => first({ actors })

const full = { depthItems: 12, capacityItems: 12, depthBytes: 900, capacityBytes: 1000 }

describe("the cause of what waits", () => {
  it("is whoever is waited on and does not wait itself", () => {
    const cause = of(waitsOn("pool", "log"), actor("log", { state: "running" }))
    assert.strictEqual(
      cause.sentence,
      "pool waits on log, 4.2 s, because log has worked on one batch for 4.2 s.",
    )
    assert.strictEqual(cause.trouble, "blocked")
    assert.deepStrictEqual(cause.actors, ["pool", "log"])
  })

  it("is at the end of a chain, which is told once and from its beginning", () => {
    const all = causes({
      actors: [
        waitsOn("pool", "log", { sinceMillis: atMillis - 3000 }),
        waitsOn("sample", "pool", { sinceMillis: atMillis - 9000 }),
        actor("log", { state: "running", sinceMillis: atMillis - 100 }),
      ],
    })
    assert.deepStrictEqual(
      all.map(({ sentence }) => sentence),
      ["sample waits on pool, pool on log, 9.0 s, because log has worked on one batch for 0.1 s."],
    )
    assert.deepStrictEqual(all[0]?.actors, ["sample", "pool", "log"])
  })

  it("says what is known of the cause: restarts, faults, the last one, the queue, the rate", () => {
    const { sentence } = of(
      waitsOn("pool", "sign"),
      actor("sign", {
        state: "starting",
        restarts: 2,
        faults: 1,
        lastCause: "Error: the key is locked.\n    at Sign.ts:12",
        mailbox: full,
        perSecond: 3200,
      }),
    )
    assert.strictEqual(
      sentence,
      "pool waits on sign, 4.2 s, because sign has been starting for 4.2 s: it was restarted twice, " +
        "it has tried again once, the last cause was “Error: the key is locked”, " +
        "12 of 12 wait before it, it passes 3,200 /s.",
    )
  })

  it("is the outside where nobody of that name lives in the engine", () => {
    const cause = of(waitsOn("publish", "witness"))
    assert.strictEqual(cause.trouble, "blocked")
    assert.strictEqual(
      cause.sentence,
      "publish waits on witness, 4.2 s; nothing more is known of witness.",
    )
  })

  it("is nobody where they wait on each other, and that is a failure", () => {
    const cause = of(waitsOn("tree", "log"), waitsOn("log", "tree"))
    assert.strictEqual(cause.trouble, "failed")
    assert.match(cause.sentence, /they wait on each other\.$/)
  })

  it("is a failure where the one waited on has failed", () => {
    const cause = of(waitsOn("pool", "log"), actor("log", { state: "failed" }))
    assert.strictEqual(cause.trouble, "failed")
    assert.match(cause.sentence, /because log has failed\.$/)
  })

  it("is no trouble where the wait is a hand-over", () => {
    const since = { sinceMillis: atMillis - 40 }
    assert.strictEqual(
      of(waitsOn("pool", "log", since), actor("log", { state: "running" })).trouble,
      "busy",
    )
  })

  it("shows hostile text as what it is, and not all of it", () => {
    const { sentence } = of(
      actor("log", { state: "backing-off", lastCause: `a\u202eb${"x".repeat(5000)}` }),
    )
    assert.include(sentence, "a\\u{202E}b")
    assert.isBelow(sentence.length, 400)
  })
})

describe("an actor in trouble that nobody waits on", () => {
  it("is told with its cause", () => {
    const cause = of(actor("log", { state: "backing-off", faults: 3, lastCause: "ENOSPC" }))
    assert.strictEqual(
      cause.sentence,
      "log rests before it is tried again, 4.2 s: it has tried again 3 times, the last cause was “ENOSPC”.",
    )
  })

  it("names what the engine failed with, and that first", () => {
    const all = causes({
      engine: { ...emptySnapshot.engine, state: "failed", detail: "AUD-0007: gone" },
      actors: [
        actor("engine", { kind: "supervisor", state: "failed", parent: null, waitsOn: "log" }),
        waitsOn("sample", "pool"),
        actor("pool", { state: "running" }),
      ],
    })
    assert.strictEqual(all[0]?.sentence, "The engine has failed: AUD-0007: gone.")
    assert.strictEqual(all[1]?.sentence, "engine has failed, 4.2 s ago, since log did.")
    assert.deepStrictEqual(
      all.map(({ trouble }) => trouble),
      ["failed", "failed", "blocked"],
    )
  })
})

describe("a sink", () => {
  const calling = actor("sink:postgres", { kind: "sink", state: "blocked", waitsOn: "postgres" })

  it("that is slow says how far it is behind, and when it is not any more", () => {
    const cause = first({ sinks: [sink()], actors: [calling] })
    assert.strictEqual(cause.trouble, "lagging")
    assert.strictEqual(
      cause.sentence,
      "postgres has worked on one call for 4.2 s: 1,200 records (2 MiB) behind, the oldest by 12 s, " +
        "it catches up in 13 s.",
    )
    assert.deepStrictEqual(cause.actors, ["sink:postgres"])
  })

  it("that falls further behind, and that events wait for, says so", () => {
    const { sentence } = first({ sinks: [sink({ catchUpMillis: null, isRequired: true })] })
    assert.include(sentence, "it falls further behind, events wait for it.")
  })

  it("with an open circuit is not called", () => {
    const resting = actor("sink:postgres", {
      kind: "sink",
      state: "backing-off",
      waitsOn: "circuit",
      faults: 5,
      lastCause: "@countersign/core/SinkError: connection refused",
    })
    const cause = first({ sinks: [sink({ circuit: "open" })], actors: [resting] })
    assert.strictEqual(cause.trouble, "blocked")
    assert.match(cause.sentence, /^postgres is not called, 4\.2 s, because its circuit is open: /)
    assert.include(cause.sentence, "the last cause was “connection refused”")
  })

  it("that is a moment behind is not worth a word", () => {
    const cause = first({ sinks: [sink({ lag: 3, oldestMillis: 20 })], actors: [calling] })
    assert.strictEqual(cause.trouble, "none")
  })

  it("that is given up has failed", () => {
    const dead = actor("sink:postgres", { kind: "sink", state: "failed" })
    const cause = first({ sinks: [sink({ lag: 0 })], actors: [dead] })
    assert.strictEqual(cause.trouble, "failed")
    assert.strictEqual(cause.sentence, "postgres is given up, 4.2 s.")
  })
})

describe("what waits while nobody is blocked", () => {
  it("is work before a stage", () => {
    const cause = of(actor("log", { state: "running", mailbox: full, perSecond: 10 }))
    assert.strictEqual(cause.trouble, "busy")
    assert.strictEqual(
      cause.sentence,
      "Work piles up before log: 12 of 12 wait before it, it passes 10 /s.",
    )
  })

  it("is memory", () => {
    const engine = { ...emptySnapshot.engine, slabs: 12, slabsMax: 12 }
    assert.match(first({ engine }).sentence, /^No memory is free .* all 12 slabs are in use\.$/)
  })

  it("is nothing, and then it says what passes", () => {
    assert.strictEqual(first({}).sentence, "Nothing waits, and nothing comes.")
    const flow = [{ step: "accepted", total: 9, perSecond: 1240, behind: 0 }]
    assert.strictEqual(first({ flow }).sentence, "Nothing waits: 1,240 /s come and pass.")
  })
})

it("says that a count which does not add up is a defect", () => {
  const ledger = [
    {
      class: "standard" as const,
      accepted: 3,
      recorded: 0,
      sampledOut: 0,
      lost: 0,
      inFlight: 0,
      refused: 0,
      dropped: 0,
      missing: 3,
      perSecond: 0,
    },
  ]
  assert.strictEqual(
    first({ ledger }).sentence,
    "3 events of the class standard are missing in the count, which is a defect.",
  )
})
