import { codePage, codePages } from "@countersign/copybook/charset/CodePages"
import { translator } from "@countersign/copybook/charset/Translate"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"

const translators = codePages.map((name) => {
  const page = Result.getOrThrow(codePage(name))
  return {
    name,
    isSingle: page.double === undefined && name !== "utf-8",
    page,
    translate: translator(page),
  }
})

export const codePageTarget: Target = {
  name: "code-page",
  tokens: [],
  seeds: translators.flatMap(({ translate }, which) =>
    ["40", "20", "4040", "0e42c10f40"]
      .map((hex) => Buffer.from(hex, "hex"))
      .filter((bytes) => typeof translate.decode(bytes, 0, bytes.length) === "string")
      .map((bytes) => Buffer.concat([Buffer.of(which), bytes])),
  ),
  run: (input) => {
    const which = translators[(input[0] ?? 0) % translators.length]
    if (which === undefined) return "refused"
    // A name of any bytes has a page or a typed refusal.
    codePage(input.toString("latin1"))
    const bytes = input.subarray(1)
    const text = which.translate.decode(bytes, 0, bytes.length)
    if (typeof text !== "string") return "refused"
    insist(text.length <= bytes.length * 2, "text is no longer than its bytes")
    if (which.isSingle) insist(text.length === bytes.length, "a byte is a character")
    return "accepted"
  },
}
