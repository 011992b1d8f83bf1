import { assert, describe, it } from "@effect/vitest"
import { firstBadPlace } from "./BadPlace.ts"

const entry = (index: number | null) => ({ index, kind: "entry" })
const copy = (index: number | null) => ({ index, kind: "copy" })

describe("firstBadPlace", () => {
  it("is the first entry that is not as it was signed, in whatever order they were found", () => {
    assert.strictEqual(firstBadPlace([entry(900), entry(null), entry(300)]), 300)
  })

  it("is where an older form of a bundle begins only where nothing else was found", () => {
    assert.strictEqual(firstBadPlace([copy(256), entry(300)]), 300)
    assert.strictEqual(firstBadPlace([copy(512), copy(256), entry(null)]), 256)
  })

  it("is nowhere where no finding names an entry", () => {
    assert.isUndefined(firstBadPlace([]))
    assert.isUndefined(firstBadPlace([entry(null), copy(null)]))
  })
})
