import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Cryptoki } from "./Cryptoki.ts"
import { TokenCaller } from "./TokenCaller.ts"

describe("TokenCaller", () => {
  it.live("gives up a call that is not answered, and makes no second one beside it", () =>
    Effect.gen(function* () {
      let answer: (value: number) => void = () => undefined
      let calls = 0
      const module: Cryptoki = {
        addressOf: () => 0n,
        call: () => {
          calls += 1
          return new Promise((resolve) => {
            answer = resolve
          })
        },
      }
      const caller = new TokenCaller(module, "audit", 1)
      const silent = yield* Effect.flip(caller.ok("C_Sign", []))
      assert.include(silent.message, "no answer within 1 ms")
      const second = yield* Effect.flip(caller.ok("C_Sign", []))
      assert.include(second.message, "has not answered an earlier call")
      assert.strictEqual(calls, 1)
      answer(0)
      yield* Effect.sleep(1)
      const later = caller.ok("C_Sign", [])
      const [outcome] = yield* Effect.all([Effect.exit(later), Effect.sync(() => answer(0))], {
        concurrency: "unbounded",
      })
      assert.strictEqual(outcome._tag, "Success")
      assert.strictEqual(calls, 2)
    }),
  )

  it.live("says which function failed, and with what", () =>
    Effect.gen(function* () {
      const module: Cryptoki = { addressOf: () => 0n, call: () => Promise.resolve(0x32) }
      const error = yield* Effect.flip(new TokenCaller(module, "audit").ok("C_Sign", []))
      assert.isTrue(error.isRetryable)
      assert.include(error.message, 'AUD-3805: token "audit": C_Sign: CKR_DEVICE_REMOVED')
    }),
  )
})
