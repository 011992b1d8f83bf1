import { assert, describe, it } from "@effect/vitest"
import { understand } from "./Codec.ts"
import { placeAt, sourcePlaces } from "./SourcePlaces.ts"

const text = `       01  R.
           05  A PIC 9V9 VALUE 1.5.
               88  IS-ONE VALUE 1.0.
           05  LONG-NAME
                   PIC X(3).
           05  PIC X.
`
const { layout } = understand(text, {})
const places = layout === undefined ? [] : sourcePlaces(layout, text)
const partOf = (path: string): string => {
  const place = places.find((one) => one.path === path)
  return text.slice(place?.from, place?.to)
}

describe("a field in the copybook's text", () => {
  it("goes from its level to its period", () => {
    assert.strictEqual(partOf("A"), "05  A PIC 9V9 VALUE 1.5.")
    assert.strictEqual(partOf("LONG-NAME"), "05  LONG-NAME\n                   PIC X(3).")
    assert.strictEqual(partOf("FILLER"), "05  PIC X.")
  })

  it("is found by any place in it, and by its level 88", () => {
    assert.strictEqual(placeAt(places, text.indexOf("VALUE 1.5"))?.path, "A")
    assert.strictEqual(placeAt(places, text.indexOf("IS-ONE"))?.path, "A")
    assert.strictEqual(placeAt(places, text.indexOf("X(3)"))?.path, "LONG-NAME")
    assert.isUndefined(placeAt(places, 2))
  })
})
