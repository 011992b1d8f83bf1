import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { acknowledge, type AlertCase, type AlertPolicy, step, type Turn } from "./AlertMachine.ts"

const policy: AlertPolicy = { forMillis: 10, keepFiringMillis: 20, escalateMillis: [30, 60] }
const at = (state: AlertCase["state"], changes: Partial<AlertCase> = {}): AlertCase => ({
  state,
  sinceMillis: 0,
  changedMillis: 0,
  escalation: 0,
  isTold: state !== "pending",
  ...changes,
})
const holding = { holds: true, isQuiet: false }
const quiet = { holds: true, isQuiet: true }
const over = { holds: false, isQuiet: false }

describe("AlertMachine", () => {
  it("waits until a condition has held for long enough", () => {
    const first = step(policy, undefined, holding, 0)
    assert.deepStrictEqual(first.turns, ["pending"])
    assert.deepStrictEqual(step(policy, first.next, holding, 9).turns, [])
    const fired = step(policy, first.next, holding, 10)
    assert.deepStrictEqual(fired.turns, ["firing"])
    assert.deepInclude(fired.next, { state: "firing", sinceMillis: 0, changedMillis: 10 })
  })

  it("forgets what was over before that, and tells nobody", () => {
    assert.deepStrictEqual(step(policy, at("pending"), over, 5), { next: undefined, turns: [] })
  })

  it("fires at once where nothing is to be waited for", () => {
    const { next, turns } = step({ ...policy, forMillis: 0 }, undefined, holding, 7)
    assert.deepStrictEqual([next?.state, ...turns], ["firing", "firing"])
  })

  it("is resolved once it was over for long enough, and not when it comes and goes", () => {
    const gone = step(policy, at("firing"), over, 5)
    assert.deepStrictEqual(gone.turns, [])
    const back = step(policy, gone.next, holding, 10)
    assert.deepStrictEqual([back.next?.state, back.next?.overMillis], ["firing", undefined])
    assert.deepStrictEqual(step(policy, gone.next, over, 24).turns, [])
    assert.deepStrictEqual(step(policy, gone.next, over, 25), {
      next: undefined,
      turns: ["resolved"],
    })
  })

  it("takes each step of escalation once, and several after a sleep", () => {
    const first = step(policy, at("firing"), holding, 30)
    assert.deepStrictEqual([first.turns, first.next?.escalation], [["escalated"], 1])
    assert.deepStrictEqual(step(policy, first.next, holding, 59).turns, [])
    assert.deepStrictEqual(step(policy, first.next, holding, 60).turns, ["escalated"])
    assert.deepStrictEqual(step(policy, at("firing"), holding, 99).turns, [
      "escalated",
      "escalated",
    ])
  })

  it("escalates no more once somebody has it", () => {
    const has = acknowledge(at("firing"), "kim", "on it", 5)
    assert.deepInclude(has?.next, { state: "acknowledged", acknowledgedBy: "kim", note: "on it" })
    assert.deepStrictEqual(step(policy, has?.next, holding, 1000).turns, [])
    assert.deepStrictEqual(step(policy, at("acknowledged", { overMillis: 0 }), over, 20).turns, [
      "resolved",
    ])
  })

  it("has nothing to acknowledge that is pending, or that somebody has", () => {
    assert.isUndefined(acknowledge(at("pending"), "kim", "", 1))
    assert.isUndefined(acknowledge(at("acknowledged"), "kim", "", 1))
  })

  it("tells nobody while it is to be quiet, and tells then if it still holds", () => {
    const hidden = step(policy, at("pending"), quiet, 10)
    assert.deepStrictEqual([hidden.turns, hidden.next?.isTold], [["suppressed"], false])
    const told = step(policy, hidden.next, holding, 50)
    assert.deepStrictEqual([told.turns, told.next?.isTold], [["firing"], true])
    assert.deepStrictEqual(step(policy, told.next, quiet, 55).turns, ["suppressed"])
  })

  const Event = Schema.Struct({
    kind: Schema.Literals(["holds", "over", "quiet", "acknowledge"]),
    after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
  })
  it.prop(
    "never fires twice at a time, and resolves nothing that did not fire or was not suppressed",
    { events: Schema.Array(Event).check(Schema.isMaxLength(60)) },
    ({ events }) => {
      let now = 0
      let known: AlertCase | undefined
      let isOpen = false
      const take = (turn: Turn): void => {
        if (turn === "resolved") {
          assert.isTrue(isOpen, "resolved what was not open")
          isOpen = false
        } else if (turn === "pending") {
          assert.isFalse(isOpen, "pending while it is open")
        } else {
          if (turn === "acknowledged" || turn === "escalated") assert.isTrue(isOpen, turn)
          isOpen = true
        }
      }
      let last: Turn | undefined
      for (const { after, kind } of events) {
        now += after
        const result =
          kind === "acknowledge"
            ? (known && acknowledge(known, "kim", "", now)) || { next: known, turns: [] }
            : step(policy, known, { holds: kind !== "over", isQuiet: kind === "quiet" }, now)
        for (const turn of result.turns) {
          take(turn)
          if (turn === "firing") assert.notStrictEqual(last, "firing")
          last = turn
        }
        known = result.next
        assert.strictEqual(known !== undefined && known.state !== "pending", isOpen)
      }
    },
    { arbitrary: { runs: 300 } },
  )
})
