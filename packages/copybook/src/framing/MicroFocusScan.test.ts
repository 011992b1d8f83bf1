import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { bytesOf, framedFile } from "../testing/FramedFile.ts"
import { makeFrameWriter } from "./FrameWriter.ts"

const zeros = (count: number): string => "00".repeat(count)

/** Organization, compression, recording mode, longest and shortest record, at their places. */
const header = (start: string, organization = "01", compression = "00"): string =>
  `${start}${zeros(32)}003E00${organization}00${compression}${zeros(6)}01${zeros(5)}0000005000000002${zeros(66)}`

const short = header("307E0000")
const long = header("3000007C")
const framing = { kind: "micro-focus" } as const

const filesOf = (text: string, pieces: ReadonlyArray<number> = [5, 60, 1]) =>
  framedFile({ framing, bytes: bytesOf(text), pieces })

// Micro Focus Visual COBOL, "File Header", "Standard Record Header" and "Variable Format Record
// Sequential File": four bits of kind, then the length; each header at a multiple of four bytes,
// eight bytes a record at least.
describe("a Micro Focus file of variable structure", () => {
  it("has headers of two bytes, and filler behind records that is not theirs", () => {
    const { faults, offsets, records } = filesOf(
      `${short} 4005 C1C2C3C4C5 00 4006 C1C2C3C4C5C6 4001 C1 2020202020`,
    )
    assert.deepStrictEqual(faults, [])
    assert.deepStrictEqual(records, ["C1C2C3C4C5", "C1C2C3C4C5C6", "C1"])
    assert.deepStrictEqual(offsets, [130, 138, 146])
  })

  it("has headers of four bytes where its longest record has 4,095 or more", () => {
    const { faults, records } = filesOf(`${long} 40000003 C1C2C3 00 40000001 C4 000000`)
    assert.deepStrictEqual(faults, [])
    assert.deepStrictEqual(records, ["C1C2C3", "C4"])
  })

  it("passes over what was deleted and what is the system's, and counts it", () => {
    const { faults, framer, records } = filesOf(
      `${short} 2006 C1C2C3C4C5C6 3006 C1C2C3C4C5C6 4006 D1D2D3D4D5D6 A006 D1D2D3D4D5D7`,
    )
    assert.deepStrictEqual(faults, [])
    assert.deepStrictEqual(records, ["D1D2D3D4D5D6", "D1D2D3D4D5D7"])
    assert.strictEqual(framer.skipped(), 2)
  })

  it("may end behind its last record without the filler", () => {
    assert.deepStrictEqual(filesOf(`${short} 4005 C1C2C3C4C5`).records, ["C1C2C3C4C5"])
    const cut = filesOf(`${short} 4005 C1C2C3C4`)
    assert.deepStrictEqual(
      cut.faults.map(({ code }) => code),
      ["CPY-3001"],
    )
  })

  it.each([
    [
      "the first bytes are a record",
      `4006${short.slice(4)}`,
      "does not begin with a system record",
    ],
    ["it is indexed", header("307E0000", "02"), "its organization is 2"],
    ["it is compressed", header("307E0000", "01", "01"), "compressed by routine 1"],
    ["its first record has another length", header("300003FC"), "its first record has 1020 bytes"],
    ["a record is of another kind", `${short} 9006 C1C2C3C4C5C6`, "a record of kind 9"],
  ])("is none where %s", (_, text, detail) => {
    const { faults, records } = filesOf(text)
    assert.deepStrictEqual(records, [])
    assert.deepStrictEqual(
      faults.map(({ code, isFatal }) => [code, isFatal]),
      [["CPY-3024", true]],
    )
    assert.include(faults[0]?.message, detail)
  })

  it("is written with its lengths, and says what does not fit", () => {
    const writer = Result.getOrThrow(
      makeFrameWriter({ kind: "micro-focus", lengthMax: 80, lengthMin: 2 }),
    )
    assert.isTrue(Result.isFailure(writer.write(bytesOf("C1"))))
    assert.isTrue(Result.isFailure(writer.write(new Uint8Array(81))))
    Result.getOrThrow(writer.write(bytesOf("C1C2")))
    assert.strictEqual(
      Buffer.from(writer.finish()).toString("hex").toUpperCase(),
      `${short}4002C1C200000000`,
    )
  })

  it("is written with four bytes of header from 4,095 bytes on", () => {
    const headerOf = (lengthMax: number): string => {
      const writer = Result.getOrThrow(makeFrameWriter({ kind: "micro-focus", lengthMax }))
      return Buffer.from(writer.finish().subarray(0, 4)).toString("hex")
    }
    assert.deepStrictEqual([4094, 4095].map(headerOf), ["307e0000", "3000007c"])
  })
})

// What NetCOBOL (Fujitsu) writes for variable records: the length, low byte first, before and behind.
describe("records with their length before and behind", () => {
  it("are read with the second length as a suffix", () => {
    const { faults, records } = framedFile({
      framing: {
        kind: "rdw",
        header: { endian: "little", width: 4, includesHeader: false, adjustment: 4 },
      },
      options: { suffixBytes: 4 },
      bytes: bytesOf("02000000 C1C2 02000000 01000000 C3 01000000"),
      pieces: [3],
    })
    assert.deepStrictEqual(faults, [])
    assert.deepStrictEqual(records, ["C1C2", "C3"])
  })
})
