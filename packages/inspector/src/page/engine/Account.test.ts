import { assert, describe, it } from "@effect/vitest"
import { type AccountRow, balanceOf, totalsOf } from "./Account.ts"

const account = (given: Partial<AccountRow> = {}): AccountRow => ({
  class: "standard",
  accepted: 100,
  recorded: 70,
  sampledOut: 20,
  lost: 1,
  inFlight: 9,
  refused: 3,
  dropped: 4,
  missing: 0,
  perSecond: 5,
  ...given,
})

describe("the balance of a class", () => {
  it("is even where each accepted event is in one of four places", () => {
    const balance = balanceOf(account())
    assert.isTrue(balance.isBalanced)
    assert.strictEqual(balance.missing, 0)
    assert.deepStrictEqual(balance.shares, {
      recorded: 0.7,
      sampledOut: 0.2,
      lost: 0.01,
      inFlight: 0.09,
    })
  })

  it("is counted here: an engine that says nothing is missing is not believed", () => {
    assert.deepInclude(balanceOf(account({ recorded: 68 })), { missing: 2, isBalanced: false })
    assert.deepInclude(balanceOf(account({ recorded: 71 })), { missing: -1, isBalanced: false })
  })

  it("is uneven where the engine says so", () => {
    assert.deepInclude(balanceOf(account({ missing: 5 })), { missing: 5, isBalanced: false })
  })

  it("does not depend on what was never accepted", () => {
    assert.isTrue(balanceOf(account({ refused: 1000, dropped: 1000 })).isBalanced)
  })

  it("is even where nothing was accepted", () => {
    const none = account({ accepted: 0, recorded: 0, sampledOut: 0, lost: 0, inFlight: 0 })
    assert.isTrue(balanceOf(none).isBalanced)
    assert.strictEqual(balanceOf(none).shares.recorded, 0)
  })
})

it("sums the classes, and lets no surplus hide what is missing", () => {
  const totals = totalsOf([account({ missing: 2 }), account({ missing: -2 })])
  assert.strictEqual(totals.accepted, 200)
  assert.strictEqual(totals.perSecond, 10)
  assert.strictEqual(totals.missing, 4)
})
