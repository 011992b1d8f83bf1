import * as EntryBundle from "@countersign/core/trail/EntryBundle"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"

const texts = ["", "a", "an entry", "x".repeat(300)].map((text) => Buffer.from(text))

export const bundleTarget: Target = {
  name: "bundle",
  tokens: [],
  seeds: [EntryBundle.encode(texts), EntryBundle.encode([Buffer.alloc(65_535)])],
  run: (input) => {
    const decoded = EntryBundle.decode(input)
    const parts = EntryBundle.split(input, 2)
    if (Result.isSuccess(parts)) {
      insist(Buffer.concat(parts.success).equals(input), "the parts of a bundle are the bundle")
    }
    if (Result.isFailure(decoded)) return "refused"
    insist(EntryBundle.encode(decoded.success).equals(input), "a bundle encodes to what was read")
    return "accepted"
  },
}
