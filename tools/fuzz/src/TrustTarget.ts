import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as TrustFile from "@countersign/core/trail/TrustFile"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { fuzzKey } from "./FuzzKeys.ts"

const origin = "example.org/fuzz"
const keyOf = (byte: number): SignedNote.VerifierKey =>
  Result.getOrThrow(
    SignedNote.parseVerifierKey(
      SignedNote.formatVerifierKey(origin, SignedNote.publicKeyOf(fuzzKey(byte))),
    ),
  )

const text = TrustFile.format(origin, [
  { key: keyOf(1), from: 0, to: 10 },
  { key: keyOf(2), from: 10, to: 300 },
  { key: keyOf(3), from: 300, to: undefined },
])

/** The pinned file of keys and the sizes that are theirs. */
export const trustTarget: Target = {
  name: "trust",
  tokens: [
    `"from":`,
    `"to":`,
    `"revoked":{"at":5,"reason":"x"}`,
    "{",
    "}",
    "[",
    "]",
    ",",
    "-1",
    "1e3",
  ],
  seeds: [Buffer.from(text)],
  run: (input) => {
    const parsed = TrustFile.parse(input)
    if (Result.isFailure(parsed)) return "refused"
    const { keys } = parsed.success
    insist(keys.length > 0, "a file without keys is refused")
    for (const [index, key] of keys.entries()) {
      const before = keys[index - 1]
      insist(before === undefined || before.to === key.from, "ranges follow each other")
      insist(key.to === undefined || key.to > key.from, "a range holds something")
    }
    return "accepted"
  },
}
