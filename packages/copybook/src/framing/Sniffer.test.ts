import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { bytesOf, framedFile } from "../testing/FramedFile.ts"
import type { Framing, LineEnd } from "./Framing.ts"
import { hex } from "./FramingFault.ts"
import { makeFrameWriter } from "./FrameWriter.ts"
import { sampleText } from "./SampleText.ts"
import { sniff } from "./Sniffer.ts"

/** A pseudo-random number below a limit, so that a failing file can be made again. */
const dice = (seed: number): ((below: number) => number) => {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

const names = ["SMITH", "MILLER", "FITZGERALD", "LI", "ANDERSON", "O BRIEN"]
const ebcdicOf = (text: string): ReadonlyArray<number> =>
  Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    if (character === " ") return 0x40
    if (code <= 0x39) return code + 0xc0
    const place = code - 0x41
    return place < 9 ? 0xc1 + place : place < 18 ? 0xd1 + place - 9 : 0xe2 + place - 18
  })
const asciiOf = (text: string): ReadonlyArray<number> => [...Buffer.from(text)]

/** A name, a number in digits, a packed amount where asked for, and codes. */
const recordOf = (
  random: (below: number) => number,
  length: number,
  of: (text: string) => ReadonlyArray<number>,
  isPacked: boolean,
): Uint8Array => {
  const name = (names[random(names.length)] ?? "").padEnd(12)
  const digits = String(random(1_000_000)).padStart(8, "0")
  const packed = isPacked ? [0, random(10) * 16 + random(10), random(10) * 16 + 12] : []
  const codes = Array.from({ length }, () => of("ABCDE XYZ0123"[random(13)] ?? "")[0] ?? 0)
  return Uint8Array.from([...of(name), ...of(digits), ...packed, ...codes]).subarray(0, length)
}

const big = { endian: "big", includesHeader: true } as const
const payload = { endian: "big", includesHeader: false } as const
const little = { endian: "little", includesHeader: false } as const

const framings: ReadonlyArray<readonly [string, Framing, "fixed" | "varied" | "lines"]> = [
  ["fixed", { kind: "fixed", length: 47 }, "fixed"],
  ["V as z/OS has it", { kind: "rdw", header: big }, "varied"],
  ["V, payload only", { kind: "rdw", header: payload }, "varied"],
  ["V, little-endian", { kind: "rdw", header: little }, "varied"],
  ["V, little-endian in front", { kind: "rdw", header: { ...little, at: 0 } }, "varied"],
  ["VB as z/OS has it", { kind: "rdw", header: big, block: big }, "varied"],
  ["VB, payload only", { kind: "rdw", header: payload, block: payload }, "varied"],
  ["VB, little-endian", { kind: "rdw", header: little, block: little }, "varied"],
  ["VS", { kind: "rdw", header: big, isSpanned: true }, "varied"],
  ["VBS", { kind: "rdw", header: big, block: big, isSpanned: true }, "varied"],
  ["V with four bytes of length", { kind: "rdw", header: { width: 4, ...payload } }, "varied"],
  ["V with two bytes in all", { kind: "rdw", header: { bytes: 2, ...payload } }, "varied"],
  ["Micro Focus", { kind: "micro-focus" }, "varied"],
  ["lines with LF", { kind: "lines", end: "lf" }, "lines"],
  ["lines with CR LF", { kind: "lines", end: "crlf" }, "lines"],
  ["lines with 0x15", { kind: "lines", end: "nel" }, "lines"],
  ["lines with 0x25", { kind: "lines", end: "ebcdic-lf" }, "lines"],
]

const isAsciiEnd = (end: LineEnd | undefined): boolean => end === "lf" || end === "crlf"

describe("the sniffer", () => {
  for (const [name, framing, records] of framings) {
    it.prop(
      `finds out by the first bytes, without the layout: ${name}`,
      {
        seed: Schema.Int,
        count: Schema.Int.check(Schema.isBetween({ minimum: 60, maximum: 200 })),
        isWhole: Schema.Boolean,
      },
      ({ count, isWhole, seed }) => {
        const random = dice(seed)
        const isAscii = framing.kind === "lines" ? isAsciiEnd(framing.end) : random(2) === 0
        const writer = Result.getOrThrow(makeFrameWriter(framing, { blockBytesMax: 900 }))
        const written: Array<Uint8Array> = []
        for (let index = 0; index < count; index += 1) {
          // Spanned files have records that are longer than a block.
          const most = framing.kind === "rdw" && framing.isSpanned === true ? 2000 : 60
          const length = records === "fixed" ? 47 : 25 + random(most)
          const of = isAscii ? asciiOf : ebcdicOf
          const record = recordOf(random, length, of, records !== "lines")
          Result.getOrThrow(writer.write(record))
          written.push(record)
        }
        const file = writer.finish()
        const sample = isWhole ? file : file.subarray(0, Math.floor(file.length * 0.8))
        const { candidates, text } = sniff(sample, { fileBytes: file.length })
        const [best] = candidates
        assert.strictEqual(text.charset, isAscii ? "ascii" : "ebcdic")
        assert.isDefined(best)
        assert.isAbove(best?.reasons.length ?? 0, 0)
        const read = framedFile({ framing: best?.framing ?? framing, bytes: file })
        assert.deepStrictEqual(
          read.records,
          written.map((record) => hex(record)),
          `taken for ${best?.name}`,
        )
      },
      // A guess is wrong now and then, so always the same files.
      { arbitrary: { runs: 10, seed: 7 } },
    )
  }

  it("takes the layout's length where the bytes say nothing", () => {
    const bytes = Uint8Array.from({ length: 600 }, (_, index) => (index * index * 31) % 251)
    const [best] = sniff(bytes, { fileBytes: 600, lengthMin: 50, lengthMax: 50 }).candidates
    assert.deepStrictEqual(best?.framing, { kind: "fixed", length: 50 })
    assert.deepStrictEqual(best?.reasons, [
      "50 is the length of the layout's record",
      "the file is 12 times as long",
    ])
  })

  it("says that a file has bytes over", () => {
    const bytes = new Uint8Array(601).map((_, index) => (index * index * 31) % 251)
    const [best] = sniff(bytes, { fileBytes: 601, lengthMin: 50, lengthMax: 50 }).candidates
    assert.isBelow(best?.score ?? 1, 0.3)
    assert.include(best?.reasons ?? [], "but the file has 1 bytes over")
  })

  it("takes a file as long as a record for one", () => {
    const bytes = bytesOf("C1C2C3F1F2")
    const { candidates } = sniff(bytes, { fileBytes: 5, lengthMin: 5, lengthMax: 5 })
    assert.include(
      candidates.map(({ name }) => name),
      "a single record",
    )
  })

  it("says whether lengths go with the layout", () => {
    const bytes = bytesOf("0006 0000 C1C2 0007 0000 C1C2C3")
    const options = { fileBytes: bytes.length, lengthMin: 2, lengthMax: 2 }
    const [best] = sniff(bytes, options).candidates
    assert.include(
      best?.reasons ?? [],
      "1 of 2 records have a length that the layout allows (2 to 2)",
    )
  })

  it("has nothing to say of an empty file", () => {
    assert.deepStrictEqual(sniff(new Uint8Array(0), { fileBytes: 0 }).candidates, [])
    assert.strictEqual(sampleText(new Uint8Array(0)).charset, "unknown")
    assert.strictEqual(sampleText(new Uint8Array(100)).charset, "unknown")
  })
})
