import { hash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import type { Account } from "../engine/Ledger.ts"
import { classes } from "../event/EventClass.ts"
import { leafHash, TreeHead } from "../trail/MerkleTree.ts"
import { check, checkers } from "./Checkers.ts"
import type { FoundRecord, FoundSink, Happening, History } from "./History.ts"
import { eventType } from "./SimulatedEvent.ts"

const origin = "example.org/simulated"

const record = (id: string, more: Partial<FoundRecord> = {}): FoundRecord => ({
  id,
  type: eventType,
  outcome: "success",
  digest: hash("sha256", id),
  leaf: Buffer.from(leafHash(Buffer.from(id))).toString("base64"),
  ...more,
})

const opened = record("o", { type: "audit.opened", data: { fence: 1 } })
const closed = record("c", { type: "audit.closed", data: {} })
const found: ReadonlyArray<FoundRecord> = [
  opened,
  record("1-1"),
  record("1-2"),
  record("1-3"),
  record("x", { attempt: "1-3" }),
  closed,
]

const rootOf = (size: number): string => {
  const head = new TreeHead()
  for (const { leaf } of found.slice(0, size)) head.append(Buffer.from(leaf, "base64"), 0)
  return Buffer.from(head.root()).toString("base64")
}

const accounts: ReadonlyArray<Account> = classes.map((name) => {
  const events = name === "critical" ? 4 : 0
  return {
    class: name,
    accepted: events,
    recorded: events,
    sampledOut: 0,
    lost: 0,
    inFlight: 0,
    refused: 0,
    dropped: 0,
    missing: 0,
  }
})

const offered = (id: string): Happening => ({
  at: 1,
  what: "offered",
  process: 1,
  id,
  writer: 1,
  class: "critical",
})
const told = (id: string, more: object): Happening => ({
  at: 2,
  what: "told",
  process: 1,
  id,
  told: "durable",
  ...more,
})
const checkpoint = (size: number, more: object = {}): Happening => ({
  at: 3,
  what: "checkpoint",
  isSigned: true,
  origin,
  size,
  root: rootOf(size),
  ...more,
})
const probed = (count: number): Happening => ({
  at: 4,
  what: "probed",
  ids: found.slice(0, count).map(({ id }) => id),
})
const measured = (more: object = {}): Happening => ({
  at: 5,
  what: "measured",
  process: 1,
  missing: 0,
  laneBytes: 10,
  laneBytesMax: 10,
  slabs: 4,
  slabsMax: 4,
  spent: 8,
  ...more,
})
const ending = (list: ReadonlyArray<Account>): Happening => ({
  at: 9,
  what: "closed",
  process: 1,
  accounts: list,
})

const storedAt = (sequence: number) => ({ sequence, digest: found[sequence]?.digest ?? "" })
const zero = storedAt(0)
const one = storedAt(1)
const three = storedAt(3)
const four = storedAt(4)
const five = storedAt(5)
const stored = [zero, one, three, four, five]
const sink: FoundSink = {
  name: "table",
  isExactlyOnce: true,
  stored,
  letters: [2],
  refuses: ["1-2"],
}

const good: History = {
  seed: 1,
  origin,
  happenings: [
    { at: 0, what: "opened", process: 1, fence: 1, size: 0 },
    offered("1-1"),
    told("1-1", { sequence: 1 }),
    checkpoint(2),
    offered("1-2"),
    told("1-2", { told: "published", sequence: 2, signed: 3 }),
    checkpoint(3),
    offered("1-3"),
    told("1-3", { told: "accepted" }),
    { at: 4, what: "acted", id: "1-3", class: "critical" },
    { at: 4, what: "returned", id: "1-3", class: "critical" },
    probed(3),
    { at: 5, what: "flushed", process: 1, since: 11, lost: 0 },
    measured(),
    measured({ spentMax: 8 }),
    checkpoint(6),
    ending(accounts),
  ],
  found,
  sinks: [sink],
  verdict: "verified",
  troubles: [],
}

const after = (...more: ReadonlyArray<Happening>): History => ({
  ...good,
  happenings: [...good.happenings, ...more],
})
const without = (what: Happening["what"], id?: string): History => ({
  ...good,
  happenings: good.happenings.filter(
    (each) => each.what !== what || (id !== undefined && "id" in each && each.id !== id),
  ),
})
const changed = (index: number, more: Partial<FoundRecord>): ReadonlyArray<FoundRecord> =>
  found.map((each, at) => (at === index ? { ...each, ...more } : each))
const inSink = (more: Partial<FoundSink>): History => ({ ...good, sinks: [{ ...sink, ...more }] })
const counting = (more: Partial<Account>): History => ({
  ...good,
  happenings: good.happenings.map((each) =>
    each.what === "closed"
      ? ending(
          accounts.map((account) => (account.recorded > 0 ? { ...account, ...more } : account)),
        )
      : each,
  ),
})

/** A trail without the opening record, after as many defects of these stages. */
const withoutOpening = (...stages: ReadonlyArray<"sample" | "pool" | "tree">): History => ({
  ...good,
  happenings: good.happenings.flatMap((each) => [
    each,
    ...(each.what === "opened"
      ? stages.map((stage): Happening => ({ at: 0, what: "fault", fault: `stage ${stage}` }))
      : []),
  ]),
  found: found.slice(1),
})

/** By checker: what must not go by. */
const bad: Readonly<Record<string, Readonly<Record<string, History>>>> = {
  acknowledgedIsFound: {
    "an acknowledged event that is gone": after(offered("1-9"), told("1-9", { sequence: 1 })),
    "one at another place": after(told("1-3", { sequence: 1 })),
  },
  flushedIsFound: {
    "an accepted event that a flush did not save": {
      ...after(offered("1-9"), told("1-9", { told: "accepted" }), {
        at: 6,
        what: "flushed",
        process: 1,
        since: 19,
        lost: 0,
      }),
    },
  },
  everyoneIsTold: { "a writer that waits for ever": without("told", "1-2") },
  nothingIsInvented: {
    "a record that nobody offered": { ...good, found: changed(1, { id: "1-7" }) },
    "a record that is there twice": { ...good, found: [...found, record("1-1")] },
    "a second outcome": { ...good, found: [...found, record("y", { attempt: "1-3" })] },
    "a record that was refused": after(told("1-1", { told: "refused" })),
  },
  orderIsKept: {
    "a record before one that was durable when it was offered": {
      ...good,
      found: [0, 2, 1, 3, 4, 5].flatMap((index) => found[index] ?? []),
    },
  },
  receiptsAreHonest: {
    "a power loss that takes a durable record": after(probed(2)),
    "a power loss after which the trail is refused": after({
      at: 6,
      what: "probed",
      ids: [],
      error: "TrailDamaged",
    }),
    "published before a checkpoint covers it": after(
      told("1-3", { told: "published", sequence: 3, signed: 3 }),
    ),
    "a checkpoint that goes back behind it": after(checkpoint(2)),
  },
  checkpointsAgree: {
    "a checkpoint with another root": after(checkpoint(6, { root: rootOf(5) })),
    "one of another trail": after(checkpoint(6, { origin: "example.org/other" })),
    "one without a signature": after(checkpoint(6, { isSigned: false })),
    "one beyond the trail": after(checkpoint(6, { size: 7 })),
  },
  limitsHold: {
    "lanes that hold too much": after(measured({ laneBytes: 11 })),
    "too many slabs": after(measured({ slabs: 5 })),
    "a log that is not deleted": after(measured({ spent: 9, spentMax: 8 })),
  },
  countsAreConserved: { "events that are nowhere": after(measured({ missing: 1 })) },
  countsAreTrue: { "more counted than recorded": counting({ recorded: 5 }) },
  lossesAreSaid: {
    "a loss that the trail does not tell": counting({ lost: 1 }),
    "a drop that the trail does not tell": counting({ dropped: 1 }),
    "a run without its end": { ...good, found: changed(5, { type: "audit.heartbeat" }) },
    "a run without its beginning": withoutOpening(),
    "one after too few defects of each stage": withoutOpening("sample", "pool", "pool", "sample"),
    "one after defects of a stage that gives nothing up": withoutOpening("tree", "tree", "tree"),
    "one after defects of another process": {
      ...withoutOpening(),
      happenings: [
        ...Array.from({ length: 3 }, (): Happening => {
          return { at: 0, what: "fault", fault: "stage sample" }
        }),
        ...good.happenings,
      ],
    },
    "a run without its beginning and its end": {
      ...withoutOpening("sample", "sample", "sample"),
      found: found.slice(1, -1),
    },
  },
  actionsAreRecorded: {
    "an action without its attempt": after({ at: 6, what: "acted", id: "1-9", class: "critical" }),
    "an outcome that was promised": after({
      at: 6,
      what: "returned",
      id: "1-2",
      class: "compliance",
    }),
  },
  sinksAreComplete: {
    "a record that is absent": inSink({ stored: [zero, three, four, five] }),
    "a record that is twice where once was promised": inSink({ stored: [...stored, five] }),
    "records out of order": inSink({ stored: [zero, three, one, four, five] }),
    "other bytes": inSink({ stored: [{ ...zero, digest: one.digest }, ...stored.slice(1)] }),
    "a refused record without its letter": inSink({ letters: [] }),
    "a letter of what was not refused": inSink({ letters: [2, 3] }),
    "a refused record that is stored": inSink({
      stored: [zero, one, storedAt(2), three, four, five],
    }),
  },
  trailStaysGood: {
    "a trail that can't be opened": after({
      at: 6,
      what: "not opened",
      process: 2,
      error: "TrailDamaged",
    }),
    "a verifier that complains": { ...good, verdict: "tampered" },
    "a process that can't close": { ...good, troubles: ["a close hangs"] },
  },
}

const byName: Readonly<Record<string, (history: History) => ReadonlyArray<string>>> = checkers
const cases = Object.entries(bad).flatMap(([checker, histories]) =>
  Object.entries(histories).map(([name, history]) => ({ checker, name, history })),
)

describe("Checkers", () => {
  it("say nothing of a history that keeps every promise", () => {
    assert.deepStrictEqual(check(good), [])
  })

  it("are each shown a history to complain about", () => {
    assert.sameMembers(Object.keys(bad), Object.keys(checkers))
  })

  it.each(cases)("$checker names $name", ({ checker, history }) => {
    assert.isNotEmpty(byName[checker]?.(history) ?? [])
  })

  it.each(["sample", "pool"] as const)("allow an opening record that the %s gave up", (stage) => {
    assert.deepStrictEqual(checkers.lossesAreSaid(withoutOpening(stage, stage, stage)), [])
  })

  it("allow duplicates where a sink promised at least once", () => {
    const twice = inSink({ isExactlyOnce: false, stored: [...stored, five] })
    assert.deepStrictEqual(check(twice), [])
  })

  it("take a disk that fails for no damage", () => {
    const failed: Happening = { at: 6, what: "not opened", process: 2, error: "DiskError" }
    assert.deepStrictEqual(check(after(failed)), [])
  })
})
