import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { CallArgument, Cryptoki } from "./Cryptoki.ts"
import { returned, tokenInfoBytes } from "./CryptokiValue.ts"
import { TokenCaller } from "./TokenCaller.ts"
import * as TokenSession from "./TokenSession.ts"

const initialized = 0x400n
const pin = "1234"

const infoOf = (serial: string): Buffer => {
  const info = Buffer.alloc(tokenInfoBytes, " ")
  info.write("audit", 0)
  info.write(serial, 80)
  info.writeBigUInt64LE(initialized, 96)
  return info
}

/** A module with one token, without a key, whose logins end when and as the test says. */
const scripted = () => {
  const logins: Array<{ readonly pin: Uint8Array; readonly answer: (value: number) => void }> = []
  const token: { serial: string; answers?: number } = { serial: "1" }
  const buffer = (argument: CallArgument | undefined): Buffer =>
    Buffer.isBuffer(argument) ? argument : Buffer.alloc(tokenInfoBytes)
  const module: Cryptoki = {
    addressOf: () => 0n,
    call: (name, args) => {
      if (name === "C_GetSlotList") buffer(args[2]).writeBigUInt64LE(1n)
      if (name === "C_GetTokenInfo") infoOf(token.serial).copy(buffer(args[1]))
      if (name !== "C_Login") return Promise.resolve(returned.ok)
      const { promise, resolve } = Promise.withResolvers<number>()
      logins.push({ pin: buffer(args[2]), answer: resolve })
      if (token.answers !== undefined) resolve(token.answers)
      return promise
    },
  }
  /** What another signer of this process comes to. It waits for no answer that is not there. */
  const open = () =>
    Effect.flip(TokenSession.open(new TokenCaller(module, "audit", 5), "trail", Redacted.make(pin)))
  const answer = (value: number) =>
    Effect.promise(() => {
      logins.at(-1)?.answer(value)
      return new Promise((resolve) => setImmediate(resolve))
    })
  return { token, logins, open, answer }
}

describe("A login", () => {
  it.live("that is given up keeps its PIN until the module has answered, and no longer", () =>
    Effect.gen(function* () {
      const { answer, logins, open } = scripted()
      assert.include((yield* open()).message, "C_Login: no answer within 5 ms")
      assert.strictEqual(Buffer.from(logins[0]?.pin ?? []).toString(), pin)
      yield* answer(returned.ok)
      assert.deepStrictEqual([...(logins[0]?.pin ?? [])], [0, 0, 0, 0])
    }),
  )

  it.live("that is not answered lets no other be tried, and is judged when it is", () =>
    Effect.gen(function* () {
      const { answer, logins, open } = scripted()
      yield* open()
      const beside = yield* open()
      assert.isTrue(beside.isRetryable)
      assert.include(beside.message, "until then no PIN is tried")
      assert.lengthOf(logins, 1)
      yield* answer(returned.pinIncorrect)
      const after = yield* open()
      assert.strictEqual(after._tag, "PinRefused")
      assert.include(after.message, "the PIN is wrong")
      assert.lengthOf(logins, 1)
    }),
  )

  it.live("that was answered late, and well, is no reason to try none", () =>
    Effect.gen(function* () {
      const { answer, logins, open } = scripted()
      yield* open()
      yield* answer(returned.ok)
      yield* open()
      assert.lengthOf(logins, 2)
    }),
  )

  it.live("that was refused is tried again by no signer of the process, but on another token", () =>
    Effect.gen(function* () {
      const { logins, open, token } = scripted()
      token.answers = returned.pinIncorrect
      assert.strictEqual((yield* open())._tag, "PinRefused")
      assert.strictEqual((yield* open())._tag, "PinRefused")
      assert.lengthOf(logins, 1)
      // Another one of the same label.
      token.serial = "2"
      token.answers = returned.ok
      assert.notStrictEqual((yield* open())._tag, "PinRefused")
      assert.lengthOf(logins, 2)
    }),
  )
})
