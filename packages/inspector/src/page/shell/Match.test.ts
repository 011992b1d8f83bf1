import { assert, describe, it } from "@effect/vitest"
import { best, score } from "./Match.ts"

const titles = [
  "View: Show or hide the panel",
  "Palette: Open a view or an event",
  "Tabs: Split to the right",
  "Tabs: Close the tab",
  "Theme: High contrast",
]
const found = (typed: string) => best(typed, titles, (title) => title, 10)

describe("finding by a few letters", () => {
  it("finds each letter in order, in capitals or not", () => {
    assert.include(found("tspr"), "Tabs: Split to the right")
    assert.strictEqual(found("SPLIT")[0], "Tabs: Split to the right")
  })

  it("finds nothing where one is not there", () => {
    assert.deepStrictEqual(found("zzz"), [])
    assert.strictEqual(score("tabz", "Tabs: Close the tab"), 0)
  })

  it("prefers the words as typed, and of those the one that comes first", () => {
    assert.isAbove(score("tab", "Tabs: Close"), score("tab", "Close the tab"))
    assert.isAbove(score("the tab", "Close the tab"), score("the tab", "The high table above"))
  })

  it("prefers beginnings of words to letters in the middle", () => {
    assert.isAbove(score("hc", "Theme: High contrast"), score("hc", "The chosen"))
  })

  it("finds all where nothing is typed, in their order, and no more than asked for", () => {
    assert.deepStrictEqual(found(""), titles)
    assert.lengthOf(
      best("", titles, (title) => title, 2),
      2,
    )
  })
})
