import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { classes } from "../event/EventClass.ts"
import { Ledger } from "./Ledger.ts"

const natural = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1e12 }))

describe("Ledger", () => {
  it("has an account for each class, in the order of the lanes, all at 0", () => {
    const accounts = new Ledger().accounts(() => 0)
    assert.deepStrictEqual(
      accounts.map((account) => account.class),
      [...classes],
    )
    for (const { class: _, ...numbers } of accounts) {
      assert.isTrue(Object.values(numbers).every((value) => value === 0))
    }
  })

  it.prop(
    "is balanced exactly when every accepted event is recorded, sampled out, lost or in flight",
    {
      recorded: natural,
      sampledOut: natural,
      lost: natural,
      inFlight: natural,
      refused: natural,
      dropped: natural,
      off: Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 5 })),
      lane: Schema.Literals([0, 1, 2, 3]),
    },
    ({ dropped, inFlight, lane, lost, off, recorded, refused, sampledOut }) => {
      const ledger = new Ledger()
      ledger.accepted[lane] = recorded + sampledOut + lost + inFlight + off
      ledger.recorded[lane] = recorded
      ledger.sampledOut[lane] = sampledOut
      ledger.lost[lane] = lost
      ledger.refused[lane] = refused
      ledger.dropped[lane] = dropped
      const accounts = ledger.accounts((index) => (index === lane ? inFlight : 0))
      assert.deepInclude(accounts[lane], {
        recorded,
        sampledOut,
        lost,
        inFlight,
        refused,
        dropped,
        missing: off,
      })
      // One class's books say nothing about another's.
      for (const [index, account] of accounts.entries()) {
        if (index !== lane) assert.strictEqual(account.missing, 0)
      }
    },
  )

  it("counts the engine's own records apart from the classes", () => {
    const ledger = new Ledger()
    ledger.accepted[4] = 3
    assert.isTrue(ledger.accounts(() => 0).every((account) => account.accepted === 0))
    assert.strictEqual(ledger.accepted[4], 3)
  })
})
