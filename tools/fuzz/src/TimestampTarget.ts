import { parseAnchors, verifyTimestamp } from "@countersign/core/timestamp/TimestampToken"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import seed from "./timestampSeed.json" with { type: "json" }

const content = Buffer.from(seed.content)
const answer = Buffer.from(seed.answer, "base64")
const anchors = await Effect.runPromise(parseAnchors(seed.ca, "seed"))
const judge = (response: Uint8Array) =>
  Effect.runPromise(
    Effect.result(verifyTimestamp({ response, content, anchors, nowMillis: Date.now() })),
  )
const { millis } = Result.getOrThrow(await judge(answer))

/** What a timestamp authority answers, and what its signature says. */
export const timestampTarget: Target = {
  name: "timestamp",
  tokens: ["0\u0003", "\u0002\u0001", "\u0006\u000b", "\u0004\u0020", "\u0018\u000f", "Z"],
  seeds: [answer],
  run: async (input) => {
    const judged = await judge(input)
    if (Result.isFailure(judged)) return "refused"
    insist(judged.success.millis === millis, "no time is accepted that was not signed")
    return "accepted"
  },
}
