import { assert, describe, it } from "@effect/vitest"
import { type KeyPress, inWords, isEditorsOwn, isModifier, keyMapOf, pressed } from "./Keys.ts"

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})

describe("a press of a key", () => {
  it("is written with what is held, in one order, and letters in capitals", () => {
    assert.strictEqual(pressed(press("p", { ctrlKey: true, shiftKey: true })), "Ctrl+Shift+P")
    assert.strictEqual(pressed(press("P", { ctrlKey: true, shiftKey: true })), "Ctrl+Shift+P")
    assert.strictEqual(pressed(press("F6", { shiftKey: true })), "Shift+F6")
    assert.strictEqual(pressed(press(" ")), "Space")
    assert.strictEqual(pressed(press("?", { shiftKey: true })), "Shift+?")
  })

  it("takes the command key of a Mac for Ctrl", () => {
    assert.strictEqual(pressed(press("k", { metaKey: true })), "Ctrl+K")
  })

  it("goes by the place of the key with Alt, since a Mac writes another letter there", () => {
    assert.strictEqual(pressed(press("π", { altKey: true, code: "KeyP" })), "Alt+P")
    assert.strictEqual(pressed(press("PageDown", { altKey: true })), "Alt+PageDown")
  })

  it("of Ctrl alone is none yet", () => {
    assert.isTrue(isModifier({ key: "Control" }))
    assert.isFalse(isModifier({ key: "k" }))
  })
})

describe("keys that mean something", () => {
  const map = keyMapOf([
    ["Ctrl+P", "open"],
    ["Ctrl+K>Ctrl+\\", "split"],
  ])

  it("mean it at once, or after those before them", () => {
    assert.deepStrictEqual(map.meaning(undefined, "Ctrl+P"), { _tag: "Meant", one: "open" })
    assert.deepStrictEqual(map.meaning(undefined, "Ctrl+K"), { _tag: "Begun", keys: "Ctrl+K" })
    assert.deepStrictEqual(map.meaning("Ctrl+K", "Ctrl+\\"), { _tag: "Meant", one: "split" })
  })

  it("mean nothing after others, or where nobody knows them", () => {
    assert.strictEqual(map.meaning("Ctrl+K", "Ctrl+P")._tag, "Nothing")
    assert.strictEqual(map.meaning(undefined, "Ctrl+\\")._tag, "Nothing")
    assert.strictEqual(map.meaning(undefined, "X")._tag, "Nothing")
  })

  it("are read out with the ways to the same end", () => {
    assert.strictEqual(inWords("Ctrl+K>Ctrl+W Alt+W"), "Ctrl+K Ctrl+W or Alt+W")
    assert.strictEqual(inWords("Ctrl+K>ArrowLeft"), "Ctrl+K ←")
    assert.strictEqual(inWords(""), "")
  })

  it("are an editor's own where it hosts the page, but for those with Alt", () => {
    assert.deepStrictEqual(
      ["Ctrl+P", "F1", "Shift+F6", "Ctrl+K>Ctrl+W", "Alt+W", "Shift+?"].map(isEditorsOwn),
      [true, true, true, true, false, false],
    )
  })
})
