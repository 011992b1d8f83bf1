import { assert, describe, it } from "@effect/vitest"
import type { View } from "./Contribution.ts"
import { placesOf, quoted, recentPlaces, wishOf } from "./Places.ts"

const view = (kind: string): View => ({
  kind,
  icon: "file",
  title: ({ sequence = "" }) => `${kind} ${sequence}`.trim(),
  component: () => null,
  identity: [],
})
const views = new Map(["event", "events"].map((kind) => [kind, view(kind)]))
const labels = (typed: string) => placesOf(typed, views).map(({ label }) => label)

describe("what quick open makes of what is typed", () => {
  it("is an event by its number, with or without a sign before it", () => {
    assert.deepStrictEqual(labels("#123"), ["Event 123"])
    assert.deepStrictEqual(labels(" 007 "), ["Event 7"])
  })

  it("is an event by its id", () => {
    const id = "019AA5D5-0A40-7000-8000-000000000001"
    assert.deepStrictEqual(labels(id), [`Event ${id.toLowerCase()}`])
  })

  it("is the events of an actor, whatever signs the name has", () => {
    const [place] = placesOf('@u "17" \\', views)
    assert.strictEqual(place?.detail, 'actor.id="u \\"17\\" \\\\"')
  })

  it("is nothing of these in any other words", () => {
    for (const typed of ["", "@", "events", "#12a", "12 34", `@${"a".repeat(300)}`, "#"]) {
      assert.isUndefined(wishOf(typed), typed)
    }
    assert.deepStrictEqual(placesOf("#1", new Map()), [])
  })

  it("quotes so that a filter takes the text as it is", () => {
    assert.strictEqual(quoted("a or b=1"), '"a or b=1"')
  })
})

describe("tabs that were shown before", () => {
  it("are named as their tabs were, with what the name does not say", () => {
    const found = recentPlaces(["event?sequence=7", "events?filter=a%3D1"], views)
    assert.deepStrictEqual(
      found.map(({ detail, label }) => `${label}: ${detail}`),
      ["event 7: recent", "events: recent · a=1"],
    )
  })

  it("are left out where their view is no more", () => {
    assert.deepStrictEqual(recentPlaces(["gone?x=1", "not a link"], views), [])
  })
})
