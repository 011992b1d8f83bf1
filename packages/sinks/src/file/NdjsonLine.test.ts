import { assert, describe, it } from "@effect/vitest"
import * as NdjsonLine from "./NdjsonLine.ts"

const lineOf = (sequence: number, event = `{"n":${sequence}}`): string =>
  `{"sequence":${sequence},"event":${event}}\n`

const scanned = (text: string, least = 0) => {
  const { bytes, isBroken, lines } = NdjsonLine.scan(Buffer.from(text), least)
  return { bytes, isBroken, sequences: lines.map(({ sequence }) => sequence) }
}

describe("NdjsonLine", () => {
  it("gives the bytes of a batch back", () => {
    const entries = ['{"a":"\u{1f642}"}', "{}", '{"b":",\\"event\\":"}'].map((text) =>
      Buffer.from(text),
    )
    const batch = { trail: "t", firstSequence: Number.MAX_SAFE_INTEGER - 2, entries, bytes: 1 }
    const { isBroken, lines } = NdjsonLine.scan(NdjsonLine.encode(batch, 1), 0)
    assert.isFalse(isBroken)
    assert.deepStrictEqual(
      lines.map(({ bytes, sequence }) => [sequence, bytes.toString()]),
      entries.slice(1).map((entry, index) => [batch.firstSequence + 1 + index, entry.toString()]),
    )
  })

  it("takes gaps, and waits for the end of a line", () => {
    const whole = lineOf(3) + lineOf(7)
    const expected = { bytes: whole.length, isBroken: false, sequences: [3, 7] }
    assert.deepStrictEqual(scanned(whole), expected)
    assert.deepStrictEqual(scanned(whole + lineOf(8).slice(0, -1)), expected)
  })

  it("ends before a line that is none, or does not follow", () => {
    const good = lineOf(3)
    for (const bad of [
      lineOf(3),
      lineOf(2),
      "\n",
      "{}\n",
      lineOf(4, ""),
      lineOf(4, '{"a":"\0\0"}'),
      lineOf(4).replace("4,", "04,"),
      lineOf(4).replace("4,", "4.5,"),
      lineOf(4).replace("4,", "90071992547409920,"),
      '{"sequence":,"event":{}}\n',
    ]) {
      const expected = { bytes: good.length, isBroken: true, sequences: [3] }
      assert.deepStrictEqual(scanned(good + bad + lineOf(9)), expected, JSON.stringify(bad))
    }
    assert.isTrue(scanned(lineOf(3), 4).isBroken)
  })

  it("gives up on a line that is longer than any", () => {
    const long = `{"sequence":1,"event":"${"x".repeat(NdjsonLine.lineBytesMax)}`
    assert.isTrue(scanned(long).isBroken)
    assert.isFalse(scanned(long.slice(0, NdjsonLine.lineBytesMax)).isBroken)
  })

  it("refuses what no line can hold", () => {
    assert.isUndefined(NdjsonLine.problemOf(Buffer.from("{}")))
    assert.isUndefined(NdjsonLine.problemOf(Buffer.alloc(65_535, "x")))
    for (const bad of ["", "a\nb", "a\0b", "x".repeat(65_536)]) {
      assert.isString(NdjsonLine.problemOf(Buffer.from(bad)))
    }
  })
})
