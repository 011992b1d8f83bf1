import { assert, describe, it } from "@effect/vitest"
import { delayAfter, judge, makeStanding } from "./Standing.ts"

describe("how the connection stands", () => {
  it("is old since the last frame, not since somebody noticed", () => {
    const standing = makeStanding(
      true,
      () => 500,
      () => 9000,
    )
    standing.live()
    standing.lost("the connection has ended")
    assert.deepStrictEqual(standing.state.get(), {
      _tag: "Stale",
      sinceMillis: 500,
      detail: "the connection has ended",
    })
  })

  it("says the newest reason, and keeps its age", () => {
    let shownMillis = 500
    const standing = makeStanding(true, () => shownMillis)
    standing.lost("the connection has ended")
    shownMillis = 800
    standing.lost("no server answers at this address")
    const state = standing.state.get()
    assert.deepInclude(state, { sinceMillis: 500, detail: "no server answers at this address" })
  })

  it("says a reason once, however often it is tried", () => {
    const standing = makeStanding(true, () => undefined)
    standing.lost("gone")
    let changes = 0
    standing.state.subscribe(() => {
      changes += 1
    })
    standing.lost("gone")
    standing.lost("gone")
    assert.strictEqual(changes, 0)
  })

  it("stays refused, whatever else ends", () => {
    const standing = makeStanding(true, () => undefined)
    standing.refused("another token")
    standing.lost("the connection has ended")
    assert.strictEqual(standing.state.get()._tag, "Refused")
  })

  it("waits for a token where there is none", () => {
    assert.strictEqual(makeStanding(false, () => undefined).state.get()._tag, "NoToken")
  })
})

describe("why there is no connection", () => {
  it("is final where trying again changes nothing: a wrong token, an unknown name", () => {
    assert.deepStrictEqual(
      [401, 403, 421].map((status) => judge(status).isFinal),
      [true, true, true],
    )
    assert.match(judge(401).detail, /token/)
  })

  it("is passing where nobody answers, or something stands between", () => {
    assert.isFalse(judge(undefined).isFinal)
    assert.match(judge(undefined).detail, /no server answers/)
    assert.isFalse(judge(502).isFinal)
    assert.match(judge(502).detail, /reaches no monitor/)
    for (const status of [200, 404, 426, 503]) {
      assert.isFalse(judge(status).isFinal)
      assert.match(judge(status).detail, /WebSocket/)
    }
  })
})

describe("trying again", () => {
  it("is quick at first, then slower, and never slower than ten seconds", () => {
    assert.deepStrictEqual([0, 1, 3, 4, 5].map(delayAfter), [1000, 1000, 1000, 1500, 2250])
    assert.strictEqual(delayAfter(1_000_000), 10_000)
  })
})
