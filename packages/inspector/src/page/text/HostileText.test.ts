import { assert, describe, it } from "@effect/vitest"
import { isHostile, visible, visibleLines } from "./HostileText.ts"

describe("text that somebody else wrote", () => {
  it("is shown as it is where it is harmless", () => {
    for (const text of ["", "Zoë Müller", "漢字 かな", "👩🏽 tea", "<b>&amp;</b>", 'a\\u202e"b']) {
      assert.strictEqual(visible(text), text)
      assert.isFalse(isHostile(text))
    }
  })

  it("shows what turns the direction around", () => {
    assert.strictEqual(visible("invoice\u202efdp.exe"), "invoice\\u{202E}fdp.exe")
    for (const mark of ["\u061c", "\u200e", "\u200f", "\u202a", "\u2066", "\u2069"]) {
      assert.match(visible(mark), /^\\u\{[0-9A-F]{4}\}$/)
    }
  })

  it("shows controls, line separators and what has no width", () => {
    assert.strictEqual(visible("a\u0000b\u001b[31m"), "a\\u{0000}b\\u{001B}[31m")
    assert.strictEqual(visible("admin\u200b"), "admin\\u{200B}")
    assert.strictEqual(visible("\u2028\ufeff\u00ad"), "\\u{2028}\\u{FEFF}\\u{00AD}")
    assert.strictEqual(visible("x\u{e0041}"), "x\\u{E0041}")
    assert.isTrue(isHostile("x\u{e0041}"))
  })

  it("shows what makes two texts that look the same differ", () => {
    for (const [text, shown] of [
      ["root\ufe0f", "root\\u{FE0F}"],
      ["root\ufe00", "root\\u{FE00}"],
      ["root\u180b\u{1d173}", "root\\u{180B}\\u{1D173}"],
      ["root\u2800", "root\\u{2800}"],
      ["u-1\ufe0f", "u-1\\u{FE0F}"],
      ["❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"],
    ] as const)
      assert.strictEqual(visible(text), shown)
  })

  it("shows halves of characters", () => {
    assert.strictEqual(visible("\ud83d"), "\\u{D83D}")
    assert.strictEqual(visible("\udc00x"), "\\u{DC00}x")
  })

  it("keeps lines where there may be some, and escapes them on one line", () => {
    assert.strictEqual(visible("a\n\tb"), "a\\u{000A}\\u{0009}b")
    assert.strictEqual(visibleLines("a\n\tb\r"), "a\n\tb\\u{000D}")
  })

  it("says how much it leaves out, and cuts no character in two", () => {
    assert.strictEqual(visible("x".repeat(3010), 10), "xxxxxxxxxx… 3,000 more")
    assert.strictEqual(visible("ab👍👍", 3), "ab… 4 more")
    assert.strictEqual(visible("abc", 3), "abc")
  })
})
