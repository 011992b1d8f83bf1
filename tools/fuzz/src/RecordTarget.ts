import type { CodePage } from "@countersign/copybook/charset/CodePage"
import { codePage } from "@countersign/copybook/charset/CodePages"
import * as RecordCodec from "@countersign/copybook/record/RecordCodec"
import * as Result from "effect/Result"
import { sampleLayouts } from "./CopybookSeeds.ts"
import { insist, type Target } from "./Fuzzer.ts"

const page = (name: string): CodePage => Result.getOrThrow(codePage(name))

const pages = [page("cp037"), page("ascii"), page("cp930"), page("utf-8")]

const codecs = sampleLayouts.flatMap((layout) =>
  pages.flatMap((each) =>
    (["fitting", "first", "all"] as const).map((redefines) =>
      Result.getOrThrow(
        RecordCodec.make(layout, { codePage: each, redefines, metadata: true, rawFields: "hex" }),
      ),
    ),
  ),
)

const forgiving = sampleLayouts.map((layout) =>
  Result.getOrThrow(
    RecordCodec.make(layout, {
      codePage: pages[0] ?? page("cp037"),
      digits: "relaxed",
      trim: "both",
      numbers: "string",
      padsShort: true,
      policies: { digit: "null", sign: "raw", blank: "zero", counter: "zero", short: "null" },
    }),
  ),
)

/** Which codec by the first byte, and the record behind it. */
const inputOf = (which: number, hex: string): Buffer =>
  Buffer.concat([Buffer.of(which), Buffer.from(hex, "hex")])

export const recordTarget: Target = {
  name: "record",
  tokens: [],
  seeds: [
    inputOf(0, "c8f2f0f2f6f0f1f3f140404040404040404040"),
    inputOf(0, "c4d4c9d3d3c5d94040404000000001250d4040"),
    inputOf(pages.length * 3, "f0f14ef0f0f1f2f3f4f5c1c2c3c4f16bf2f3f44bf5f660"),
  ],
  run: (input) => {
    const record = input.subarray(1)
    const which = input[0] ?? 0
    const tolerant = forgiving[which % forgiving.length]
    tolerant?.decoder.decode(record)
    const codec = codecs[which % codecs.length]
    if (codec === undefined) return "refused"
    const { faults, isRejected, metadata, value } = codec.decoder.decode(record)
    for (const { bytes, offset } of faults) {
      insist(offset >= 0 && offset <= record.length, "a fault lies in the record")
      insist(bytes.length <= 64, "a fault holds few bytes")
    }
    insist(isRejected === faults.length > 0, "a reject has faults")
    if (isRejected) return "refused"
    JSON.stringify(value)
    const plain = Object.fromEntries(
      Object.entries(value).filter(([name]) => !name.endsWith("_raw")),
    )
    codec.encoder.encode(plain)
    insist(metadata !== undefined, "a good record has metadata")
    return "accepted"
  },
}
