import { idleActor as actor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import {
  type ActorRow,
  type TreeOptions,
  fill,
  levelOf,
  mailboxInWords,
  treeRows,
  troubledCount,
} from "./ActorRows.ts"

const engine = actor("engine")
const mailbox = (depthItems: number, depthBytes: number) => ({
  depthItems,
  capacityItems: 10,
  depthBytes,
  capacityBytes: 1000,
})

const rows = (actors: ReadonlyArray<ActorRow>, given: Partial<TreeOptions> = {}) =>
  treeRows(actors, { closed: new Set(), filter: "", sort: "order", ...given })
const names = (...given: Parameters<typeof rows>) =>
  rows(...given).map(({ actor: { id }, level }) => `${level} ${id}`)

describe("the rows of actors", () => {
  const actors = [engine, actor("sample"), actor("log"), actor("io", { parent: "log" })]

  it("are a tree in the order in which they came to life", () => {
    assert.deepStrictEqual(names(actors), ["1 engine", "2 sample", "2 log", "3 io"])
    const [, sample, log, io] = rows(actors)
    assert.deepInclude(sample, { position: 1, setSize: 2, isOpen: undefined })
    assert.deepInclude(log, { position: 2, setSize: 2, isOpen: true })
    assert.deepInclude(io, { position: 1, setSize: 1 })
  })

  it("leave out what is below a closed one", () => {
    assert.deepStrictEqual(names(actors, { closed: new Set(["log"]) }), [
      "1 engine",
      "2 sample",
      "2 log",
    ])
  })

  it("keep what is above a match, and open what is closed", () => {
    assert.deepStrictEqual(names(actors, { filter: "IO", closed: new Set(["engine"]) }), [
      "1 engine",
      "2 log",
      "3 io",
    ])
  })

  it("match every word, in causes and states as well", () => {
    const failed = actor("key", { state: "backing-off", lastCause: "ENOSPC on the disk" })
    assert.deepStrictEqual(names([engine, failed, actor("log")], { filter: "backing enospc" }), [
      "1 engine",
      "2 key",
    ])
    assert.deepStrictEqual(names([engine, failed], { filter: "enospc absent" }), [])
  })

  it("lose nobody, whatever their parents say", () => {
    const orphan = actor("orphan", { parent: "gone" })
    const ring = [actor("a", { parent: "b" }), actor("b", { parent: "a" })]
    assert.sameMembers(
      names([orphan, ...ring]).map((name) => name.slice(2)),
      ["orphan", "a", "b"],
    )
  })

  it("are sorted among siblings, the one that is looked for first", () => {
    const some = [
      engine,
      actor("idle", { perSecond: 5, mailbox: mailbox(1, 0) }),
      actor("dead", { state: "failed", mailbox: mailbox(9, 0) }),
      actor("wait", { state: "blocked", sinceMillis: 9, faults: 2, restarts: 1 }),
    ]
    const firstBy = (sort: TreeOptions["sort"]) => rows(some, { sort })[1]?.actor.id
    assert.strictEqual(firstBy("order"), "idle")
    assert.strictEqual(firstBy("name"), "dead")
    assert.strictEqual(firstBy("state"), "dead")
    assert.strictEqual(firstBy("age"), "wait")
    assert.strictEqual(firstBy("rate"), "idle")
    assert.strictEqual(firstBy("fill"), "dead")
    assert.strictEqual(firstBy("restarts"), "wait")
  })
})

describe("a mailbox", () => {
  it("is as full as its items or its bytes are, whichever is more", () => {
    assert.strictEqual(fill(actor("a", { mailbox: mailbox(2, 900) })), 0.9)
    assert.strictEqual(fill(actor("a", { mailbox: mailbox(5, 0) })), 0.5)
    assert.strictEqual(fill(actor("a")), 0)
  })

  it("without a capacity is never full", () => {
    const open = { depthItems: 9, capacityItems: 0, depthBytes: 9, capacityBytes: 0 }
    assert.strictEqual(fill(actor("a", { mailbox: open })), 0)
    assert.strictEqual(mailboxInWords({ mailbox: open }), "9 · 9 B")
  })

  it("is told in items and in bytes", () => {
    assert.strictEqual(mailboxInWords({ mailbox: mailbox(2, 512) }), "2 of 10 · 512 B of 1,000 B")
  })

  it("asks for a look from a half on, and is full shortly before it is", () => {
    assert.deepStrictEqual([0.49, 0.5, 0.89, 0.9].map(levelOf), ["low", "high", "high", "full"])
  })
})

it("counts those in trouble: hand-overs are none", () => {
  const actors = [
    actor("a", { state: "failed" }),
    actor("b", { state: "backing-off" }),
    actor("c", { state: "blocked", sinceMillis: 9000 }),
    actor("d", { state: "blocked", sinceMillis: 9900 }),
    actor("e", { state: "running" }),
  ]
  assert.strictEqual(troubledCount(actors, 10_000), 3)
})
