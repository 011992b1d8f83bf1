import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { copybookOf } from "../testing/CopybookText.ts"
import { mergeCopybooks } from "./CopybookMerge.ts"
import { layoutOf, type LayoutOptions } from "./LayoutBuilder.ts"
import { everyField } from "./LayoutTree.ts"

const places = (texts: ReadonlyArray<string>, records: LayoutOptions["records"] & string) =>
  everyField(Result.getOrThrow(layoutOf(mergeCopybooks(texts.map(copybookOf)), { records }))).map(
    ({ length, offset, path }) => `${path} ${offset} ${length}`,
  )

describe("mergeCopybooks", () => {
  const texts = ["01 A. 05 X PIC X(4).", "05 Y PIC X. 05 Z PIC X(5).", "01 A. 05 W PIC X."]

  it("makes views of the records, a fragment one of them", () => {
    assert.deepStrictEqual(places(texts, "redefine"), [
      "RECORD 0 6",
      "A 0 4",
      "A.X 0 4",
      "PART 0 6",
      "PART.Y 0 1",
      "PART.Z 1 5",
      "A_2 0 1",
      "A_2.W 0 1",
    ])
  })

  it("makes one record of them", () => {
    assert.deepStrictEqual(places(texts.slice(0, 2), "concatenate").slice(-2), [
      "PART.Y 4 1",
      "PART.Z 5 5",
    ])
  })
})
