import * as Filter from "@countersign/core/query/Filter"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as story from "./story.ts"

const plain = story.paintOf(false)
const fact = {
  id: "e1",
  time: "2026-11-21T09:30:00.000Z",
  who: "Author",
  change: "added",
  path: "README.md",
}
const recorded = (changed: Partial<typeof fact>) =>
  story
    .recorded(
      { events: 1, millis: 2, refused: 0, receipt: { level: "durable", sequence: 1 } },
      [{ ...fact, ...changed }],
      plain,
    )
    .join("\n")

describe("story", () => {
  it("shows who changed what and when", () => {
    assert.match(recorded({}), /2026-11-21 09:30 {2}added {5}README\.md +Author/)
  })

  it("lets no name move the cursor, colour the terminal or turn the text", () => {
    const hostile = "\u001b[31ma\nb\u202ec\u2028d"
    const text = recorded({ path: hostile, who: hostile })
    assert.include(text, "�[31ma�b�c�d")
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    assert.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e\u2028]/)
  })

  it("shows no address, even where it is the name", () => {
    const text = recorded({ who: "author@example.org" })
    assert.include(text, "author@…")
    assert.notInclude(text, "example.org")
  })

  it("shortens a long path in its middle and keeps the columns", () => {
    const width = (text: string) => text.split("\n").at(-2)?.indexOf("Author")
    const long = recorded({ path: `packages/${"very-".repeat(20)}long/File.ts` })
    assert.strictEqual(width(long), width(recorded({})))
    assert.match(long, /packages\S*…\S*File\.ts/)
  })

  it("colours only where it may", () => {
    assert.strictEqual(plain.good("x"), "x")
    assert.strictEqual(story.paintOf(true).good("x"), "\u001b[32mx\u001b[39m")
  })

  it("offers a filter that can be read", () => {
    const lines = story.next({ trail: "trail", tampered: "tampered" }, "e1", plain).join("\n")
    const filter = /query trail '(.+)'/.exec(lines)?.[1] ?? ""
    const parsed = Result.getOrThrow(Filter.parse(filter))
    assert.isTrue(Filter.matches(parsed, { target: [{ id: "docs/a.md" }] }, 0))
    assert.isFalse(Filter.matches(parsed, { target: [{ id: "a.ts" }] }, 0))
  })
})
