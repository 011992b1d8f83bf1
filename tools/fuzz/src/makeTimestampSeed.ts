/** Writes `timestampSeed.json`: an authority's answer, made by openssl. Run it by hand with node. */
import { writeFileSync, readFileSync } from "node:fs"
import { testAuthority } from "@countersign/core/testing/TestAuthority"
import { makeRequest } from "@countersign/core/timestamp/TimestampToken"
import * as Effect from "effect/Effect"

const content = "the bytes that were stamped"
const seed = await Effect.gen(function* () {
  const authority = yield* testAuthority
  const { bytes } = yield* makeRequest(Buffer.from(content))
  const answer = authority.answer(bytes).toString("base64")
  return { content, answer, ca: readFileSync(authority.ca, "utf8") }
}).pipe(Effect.scoped, Effect.runPromise)
writeFileSync(
  new URL("./timestampSeed.json", import.meta.url),
  `${JSON.stringify(seed, undefined, 2)}\n`,
)
