import type { ActorSnapshot, ActorState } from "@countersign/core/engine/ActorRegistry"
import { assert, describe, it } from "@effect/vitest"
import { bottleneckOf, fill, fullest, sinkBottleneck } from "./Bottleneck.ts"

const actor = (
  id: string,
  state: ActorState,
  { depth = 0, waitsOn }: { readonly depth?: number; readonly waitsOn?: string } = {},
): ActorSnapshot => ({
  id,
  parent: "engine",
  kind: id.startsWith("sink:") ? "sink" : "stage",
  state,
  sinceMillis: 0,
  restarts: 0,
  faults: 0,
  lastCause: undefined,
  waitsOn,
  batches: 0,
  items: 0,
  mailbox: { depthItems: depth, capacityItems: 10, depthBytes: 0, capacityBytes: 1000 },
})

describe("the bottleneck", () => {
  it("is the last stage that others wait for, however full those before it are", () => {
    const blocked = [
      actor("sample", "blocked", { depth: 10, waitsOn: "pool" }),
      actor("pool", "blocked", { depth: 10, waitsOn: "log" }),
      actor("log", "running", { depth: 10 }),
      actor("tree", "idle"),
      actor("publish", "idle"),
    ]
    assert.deepStrictEqual(bottleneckOf(blocked), { actor: "log", limit: "disk" })
  })

  it("is found behind stages that wait in silence, by the work that lies before it", () => {
    const silent = [
      actor("pool", "running"),
      actor("log", "idle"),
      actor("publish", "running", { depth: 6 }),
    ]
    assert.deepStrictEqual(bottleneckOf(silent), { actor: "publish", limit: "disk" })
  })

  it("is the processor's where the first stage does not keep up", () => {
    const slow = [actor("sample", "running", { depth: 9 }), actor("log", "idle")]
    assert.deepStrictEqual(bottleneckOf(slow), { actor: "sample", limit: "processor" })
  })

  it("is a fault where a stage tries the same again, and nothing where nobody waits", () => {
    const faulty = [actor("pool", "blocked", { waitsOn: "log" }), actor("log", "backing-off")]
    assert.deepStrictEqual(bottleneckOf(faulty), { actor: "log", limit: "fault" })
    assert.isUndefined(bottleneckOf([actor("sample", "running", { depth: 2 })]))
  })

  it("of a sink is what it delivers to, unless it reads the trail", () => {
    const limitOf = (state: ActorState, waitsOn?: string) =>
      sinkBottleneck(
        [actor("sink:postgres", state, waitsOn === undefined ? {} : { waitsOn })],
        "postgres",
      )?.limit
    assert.strictEqual(limitOf("blocked", "postgres"), "outside")
    assert.strictEqual(limitOf("backing-off", "circuit"), "outside")
    assert.strictEqual(limitOf("running", "trail"), "disk")
    assert.isUndefined(sinkBottleneck([], "postgres"))
  })

  it("measures mailboxes by what is fuller, and only those that have an end", () => {
    const full = actor("log", "idle", { depth: 5 })
    assert.strictEqual(fill(full), 0.5)
    const lagging = { ...actor("sink:postgres", "blocked", { depth: 9 }) }
    assert.strictEqual(fullest([full, lagging]), 0.5)
    assert.isUndefined(fullest([lagging]))
  })
})
