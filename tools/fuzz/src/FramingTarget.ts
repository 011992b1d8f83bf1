import { codePage } from "@countersign/copybook/charset/CodePages"
import { makeFramer } from "@countersign/copybook/framing/Framer"
import type { Framing } from "@countersign/copybook/framing/Framing"
import { recordFields } from "@countersign/copybook/framing/RecordFields"
import { sniff } from "@countersign/copybook/framing/Sniffer"
import * as Result from "effect/Result"
import { sampleLayouts } from "./CopybookSeeds.ts"
import { insist, type Target } from "./Fuzzer.ts"

const framings: ReadonlyArray<Framing> = [
  { kind: "fixed", length: 19 },
  { kind: "fixed", length: 5, blocking: { kind: "bytes", bytes: 12 } },
  { kind: "fixed", length: 5, blocking: { kind: "header" } },
  { kind: "rdw" },
  { kind: "rdw", header: { endian: "little", includesHeader: false } },
  { kind: "rdw", block: {} },
  { kind: "rdw", block: { includesHeader: false }, isSpanned: true },
  { kind: "rdw", header: { bytes: 6, at: 1, width: 3, adjustment: -2 } },
  { kind: "lines" },
  { kind: "lines", end: "ebcdic", empty: "record", isTrimmed: true, splitBytes: 7 },
  { kind: "counters" },
  { kind: "length-field", field: "LINES-COUNT", adjustment: 3 },
  { kind: "length-expression", expression: "LINES-COUNT * 2 + 3" },
  { kind: "length-map", field: "LINES-COUNT", lengths: { "1": 5 }, otherwise: 4 },
  { kind: "single" },
]

const [, layout] = sampleLayouts
const fields =
  layout === undefined
    ? undefined
    : recordFields(layout, { codePage: Result.getOrThrow(codePage("cp037")) })

/** What is framed of bytes that come in pieces: records in hex, and the codes of faults. */
const framed = (
  which: number,
  mode: "strict" | "lenient",
  pieces: ReadonlyArray<Buffer>,
): string => {
  const framing = framings[which % framings.length]
  if (framing === undefined) return ""
  const options = { mode, recordBytesMax: 1 << 16, zeros: "filler" } as const
  const framer = Result.getOrThrow(makeFramer(framing, options, fields))
  const found: Array<string> = []
  for (const [index, piece] of pieces.entries()) {
    for (const batch of framer.push(piece, index === pieces.length - 1)) {
      for (let record = 0; record < batch.count; record += 1) {
        const start = batch.starts[record] ?? -1
        const length = batch.lengths[record] ?? -1
        insist(
          start >= 0 && length >= 0 && start + length <= batch.bytes.length,
          "a record lies in its batch",
        )
        found.push(Buffer.from(batch.bytes.subarray(start, start + length)).toString("hex"))
      }
    }
  }
  const faults = framer.takeFaults().map(({ code, fileOffset }) => `${code}@${fileOffset}`)
  return `${found.join(",")} ${faults.join(",")}`
}

const seedOf = (which: number, hex: string): Buffer =>
  Buffer.concat([Buffer.of(which, 3), Buffer.from(hex, "hex")])

export const framingTarget: Target = {
  name: "framing",
  tokens: [],
  seeds: [
    seedOf(3, "000700000102030006000004050005000006"),
    seedOf(5, "000f000000070000010203000400000009000000050000aa"),
    seedOf(6, "00070000000701000102030007000000070200040506"),
    seedOf(8, "616263640a65660d0a0a67"),
    seedOf(10, "f0f14ef0f0f1f2f3f4f5c1c2c3c4f16bf2f3f44bf5f660"),
  ],
  run: (input) => {
    const [which = 0, cut = 1] = input
    const bytes = input.subarray(2)
    for (const mode of ["strict", "lenient"] as const) {
      const whole = framed(which, mode, [bytes])
      const at = cut % (bytes.length + 1)
      const parts = framed(which, mode, [bytes.subarray(0, at), bytes.subarray(at)])
      insist(whole === parts, "pieces change nothing")
    }
    return framed(which, "strict", [bytes]).includes("CPY-") ? "refused" : "accepted"
  },
}

export const snifferTarget: Target = {
  name: "sniffer",
  tokens: [],
  seeds: framingTarget.seeds,
  run: (input) => {
    const bytes = input.subarray(0, 4096)
    for (const options of [
      {},
      { fileBytes: bytes.length, lengthMin: 1 + (input[0] ?? 0), lengthMax: 300 },
      { fileBytes: 1e12, lengthMax: 19 },
    ]) {
      const { candidates } = sniff(bytes, options)
      for (const [index, { reasons, score }] of candidates.entries()) {
        insist(score > 0 && score <= 1 && reasons.length > 0, "a candidate has score and reasons")
        insist(score <= (candidates[index - 1]?.score ?? 1), "the most likely comes first")
      }
    }
    return "accepted"
  },
}
