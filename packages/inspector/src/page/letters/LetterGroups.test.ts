import type { FoundLetter } from "@countersign/monitor/protocol/Letters"
import { assert, describe, it } from "@effect/vitest"
import {
  countsOf,
  fateOf,
  groupsOf,
  isChosen,
  keyOf,
  type LetterChoice,
  listedOf,
  patternOf,
  requestsOf,
} from "./LetterGroups.ts"

const nowMillis = Date.parse("2026-11-22T10:00:00Z")
const letter = (sequence: number, over: Partial<FoundLetter> = {}): FoundLetter => ({
  sink: "postgres",
  sequence,
  leaf: "",
  cause: `value too long for column "reason" of row ${sequence}`,
  time: "2026-11-22T09:50:00.000Z",
  refusals: 1,
  isRequested: false,
  bytes: 100,
  type: "patient.record.read",
  ...over,
})
const any: LetterChoice = { sink: "", cause: "", text: "", withinMillis: undefined }

describe("LetterGroups", () => {
  it("sees one cause in what differs by numbers, quoted texts and ids", () => {
    assert.strictEqual(
      patternOf('null in column "a" of row 17 (0198c0de-0000-7000-8000-000000000001)'),
      patternOf('null in column "b" of row 4711 (0198c0de-0000-7000-8000-000000000002)'),
    )
    assert.notStrictEqual(patternOf("a check failed"), patternOf("a key is there twice"))
    assert.strictEqual(patternOf("no digits here"), "no digits here")
  })

  it("groups by cause, the largest group first", () => {
    const groups = groupsOf([letter(1), letter(2, { cause: "a check failed" }), letter(3)])
    assert.deepStrictEqual(
      groups.map(({ letters }) => letters.map(({ sequence }) => sequence)),
      [[1, 3], [2]],
    )
  })

  it("chooses by sink, cause, words and time", () => {
    const chosen = (choice: Partial<LetterChoice>) =>
      isChosen(letter(17), { ...any, ...choice }, nowMillis)
    assert.isTrue(chosen({}))
    assert.isTrue(chosen({ sink: "postgres", text: "TOO LONG" }))
    assert.isTrue(chosen({ text: "17" }))
    assert.isFalse(chosen({ sink: "redis" }))
    assert.isFalse(chosen({ text: "nothing like it" }))
    assert.isTrue(chosen({ cause: patternOf(letter(4711).cause) }))
    assert.isTrue(chosen({ withinMillis: 600_000 }))
    assert.isFalse(chosen({ withinMillis: 599_999 }))
  })

  it("does not take a time that is none for a new one", () => {
    assert.isFalse(isChosen(letter(1, { time: "?" }), { ...any, withinMillis: 1 }, nowMillis))
  })

  it("counts by sink, and asks for no more at once than may be", () => {
    const letters = [letter(1), letter(2), letter(3), letter(9, { sink: "redis", bytes: null })]
    assert.deepStrictEqual(countsOf(letters), [
      { sink: "postgres", count: 3, bytes: 300 },
      { sink: "redis", count: 1, bytes: 0 },
    ])
    assert.deepStrictEqual(requestsOf(letters, 2), [
      { sink: "postgres", sequences: [1, 2] },
      { sink: "postgres", sequences: [3] },
      { sink: "redis", sequences: [9] },
    ])
  })

  it("says what has become of a record that was to be delivered again", () => {
    const asked = { key: keyOf(letter(1)), refusals: 1 }
    const whole = { open: 1, leftOut: 0, unjudged: 0 }
    const open = (...letters: ReadonlyArray<FoundLetter>) => listedOf({ ...whole, letters })
    assert.strictEqual(fateOf(asked, undefined), "waits")
    assert.strictEqual(fateOf(asked, open(letter(1, { isRequested: true }))), "waits")
    assert.strictEqual(fateOf(asked, open(letter(1, { refusals: 2 }))), "refused again")
    assert.strictEqual(fateOf(asked, open()), "settled")
  })

  it("does not take a record for settled that was not looked at", () => {
    const asked = { key: keyOf(letter(1)), refusals: 1 }
    const listed = { letters: [], open: 6000 }
    assert.strictEqual(
      fateOf(asked, listedOf({ ...listed, leftOut: 1000, unjudged: 0 })),
      "unknown",
    )
    assert.strictEqual(fateOf(asked, listedOf({ ...listed, leftOut: 0, unjudged: 1 })), "unknown")
  })
})
