import { assert, describe, it } from "@effect/vitest"
import type { View } from "./Contribution.ts"
import { freeId, identityOf, linkOf, tabOf } from "./TabIdentity.ts"

const event: View = {
  kind: "event",
  icon: "file",
  title: () => "Event",
  component: () => null,
  identity: ["sequence"],
}
const events: View = { ...event, kind: "events", identity: [] }
const tab = (id: string, kind: string, parameters: Record<string, string>) => ({
  id,
  params: { kind, parameters },
})

describe("a tab", () => {
  it("is told from others by the parameters that its view names, and by no other", () => {
    assert.strictEqual(identityOf(event, { sequence: "7", part: "bytes" }), "event?sequence=7")
    assert.strictEqual(identityOf(events, { filter: "type=a" }), "events")
  })

  it("is found by what it shows now, whatever it was opened with", () => {
    const moved = tab("event?sequence=7", "event", { sequence: "8" })
    assert.strictEqual(tabOf([moved], event, { sequence: "8" }), moved)
    assert.isUndefined(tabOf([moved], event, { sequence: "7" }))
  })

  it("is found in the group that comes first", () => {
    const here = tab("events#2", "events", { filter: "a=1" })
    assert.strictEqual(tabOf([here, tab("events", "events", {})], events, {}), here)
  })

  it("of another kind with the same parameters is another", () => {
    assert.isUndefined(tabOf([tab("x", "actor", { sequence: "7" })], event, { sequence: "7" }))
  })

  it("has a name of its own beside one that shows the same", () => {
    const tabs = [tab("events", "events", {}), tab("events#2", "events", {})]
    assert.strictEqual(freeId(tabs, "events"), "events#3")
    assert.strictEqual(freeId(tabs, "event"), "event")
  })
})

describe("what was kept of a tab", () => {
  it("is read back, but for what is no text", () => {
    const params = { kind: "event", parameters: { sequence: "7", other: 9 } }
    assert.deepStrictEqual(linkOf(params), { kind: "event", parameters: { sequence: "7" } })
  })

  it("is nothing where somebody else wrote it", () => {
    for (const params of [undefined, null, "x", {}, { kind: 1, parameters: {} }, { kind: "a" }]) {
      assert.isUndefined(linkOf(params))
    }
  })
})
