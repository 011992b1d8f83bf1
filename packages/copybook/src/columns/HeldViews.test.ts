import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { HeldViews } from "./HeldViews.ts"

/** What the rule says of records of one letter each, and how often its field was read for it. */
const told = (length: number, letters: ReadonlyArray<number>) => {
  const layout = layoutOfText(`01 R. 05 K PIC X(${length}).`)
  const options = { codePage: Result.getOrThrow(codePage("cp037")) }
  const plan = Result.getOrThrow(RecordPlan.make(layout, options))
  const codec = plan.chains.get("K")?.at(-1)?.codec
  if (codec === undefined) return assert.fail("no codec")
  const { decode } = codec
  let reads = 0
  Object.assign(codec, {
    decode: (bytes: Uint8Array, offset: number) => {
      reads++
      return decode(bytes, offset)
    },
  })
  const bytes = new Uint8Array(letters.length * length).fill(0x40)
  const starts = Int32Array.from(letters, (_, index) => index * length)
  letters.forEach((letter, index) => bytes.fill(letter, index * length, index * length + 1))
  const lengths = new Int32Array(letters.length).fill(length)
  const target = new Uint8Array(letters.length)
  const batch = { bytes, starts, lengths, count: letters.length, firstRecord: 0, fileOffset: 0 }
  new HeldViews(plan, { field: "K", equals: "A" }).write(batch, 0, target)
  return { reads, views: [...target] }
}

describe("HeldViews", () => {
  const letters = [0xc1, 0xc2, 0xc1, 0xc1, 0xc2, 0xc1]
  const views = [1, 0, 1, 1, 0, 1]

  it("reads each kind of record once, and remembers what the rule says of it", () => {
    for (const length of [1, 4, 5, 256]) {
      assert.deepStrictEqual(told(length, letters), { reads: 2, views })
    }
  })

  it("remembers no field that is too long to hold a kind", () => {
    assert.deepStrictEqual(told(257, letters), { reads: 6, views })
  })
})
