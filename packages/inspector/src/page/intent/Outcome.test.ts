import { MonitorRefused } from "@countersign/monitor/protocol/MonitorError"
import { assert, describe, it } from "@effect/vitest"
import { RpcClientDefect, RpcClientError } from "effect/rpc/RpcClientError"
import { outcomeOf } from "./Outcome.ts"

describe("a change that was not answered as it was asked for", () => {
  it("was not done where the monitor refused it, or the page itself", () => {
    const refused = new MonitorRefused({ reason: "taken", detail: "u-1 has it" })
    assert.match(outcomeOf(refused), /^Not done: .*u-1 has it$/)
    assert.strictEqual(outcomeOf(new Error("give a value")), "Not done: give a value")
  })

  it("was done where only its outcome was not recorded", () => {
    const refused = new MonitorRefused({ reason: "unrecorded", detail: "it was done, and so on" })
    assert.match(outcomeOf(refused), /^Do not try again.*it was done/)
  })

  it("may have been done where the connection has ended before the answer", () => {
    const lost = new RpcClientError({
      reason: new RpcClientDefect({ message: "gone", cause: undefined }),
    })
    assert.notInclude(outcomeOf(lost), "Not done")
    assert.match(outcomeOf(lost), /^Nobody knows whether it was done/)
  })
})
