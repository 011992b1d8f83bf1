/**
 * The calls of one signer into a PKCS#11 module, one after the other.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Cryptoki from "./Cryptoki.ts"
import { type FunctionName, returned, returnName } from "./CryptokiValue.ts"
import { TokenSessionLost } from "./Pkcs11Error.ts"

const answerMillis = 30_000

/** Settles as the call does, or fails after a time; the call itself can't be ended. */
const within = (answer: Promise<number>, millis: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis)
    void answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

/**
 * @category models
 * @since 0.1.0
 */
export class TokenCaller {
  readonly module: Cryptoki.Cryptoki
  /** The token's label, for messages. */
  readonly token: string
  private readonly waitMillis: number
  /** A call that was given up still runs in its thread, and PKCS#11 forbids a second one beside it. */
  private isBusy = false

  /** @param waitMillis longest wait for an answer. Default 30 seconds. */
  constructor(module: Cryptoki.Cryptoki, token: string, waitMillis: number = answerMillis) {
    this.module = module
    this.token = token
    this.waitMillis = waitMillis
  }

  /** The error for a call that failed. */
  lost(call: FunctionName, detail: string): TokenSessionLost {
    return new TokenSessionLost({ token: this.token, call, detail })
  }

  /** Calls a function and gives what it returned. */
  value(
    name: FunctionName,
    args: ReadonlyArray<Cryptoki.CallArgument>,
    keep?: ReadonlyArray<Uint8Array>,
  ): Effect.Effect<number, TokenSessionLost> {
    return this.alone(name, () => Cryptoki.call(this.module, name, args, keep))
  }

  /** Calls a function and fails for whatever is not `CKR_OK`. */
  ok(
    name: FunctionName,
    args: ReadonlyArray<Cryptoki.CallArgument>,
    keep?: ReadonlyArray<Uint8Array>,
  ): Effect.Effect<void, TokenSessionLost> {
    return Effect.flatMap(this.value(name, args, keep), (value) => this.expectOk(name, value))
  }

  /** Initialises the module where nobody has. */
  readonly initialize: Effect.Effect<void, TokenSessionLost> = Effect.suspend(() =>
    Effect.flatMap(
      this.alone("C_Initialize", () => Cryptoki.initialize(this.module)),
      (value) => this.expectOk("C_Initialize", value),
    ),
  )

  private expectOk(name: FunctionName, value: number): Effect.Effect<void, TokenSessionLost> {
    return value === returned.ok ? Effect.void : Effect.fail(this.lost(name, returnName(value)))
  }

  /**
   * Waits for a call's answer, for so long. A call that was given up still runs: what it reads
   * must outlast it, and `run` is not begun beside it.
   */
  alone(name: FunctionName, run: () => Promise<number>): Effect.Effect<number, TokenSessionLost> {
    return Effect.suspend(() => {
      if (this.isBusy) return Effect.fail(this.lost(name, "it has not answered an earlier call"))
      this.isBusy = true
      const answer = run().finally(() => {
        this.isBusy = false
      })
      return Effect.tryPromise({
        try: () => within(answer, this.waitMillis),
        catch: (cause) => this.lost(name, cause instanceof Error ? cause.message : String(cause)),
      })
    })
  }
}
