import { assert, describe, it } from "@effect/vitest"
import { tokenIn } from "./Token.ts"

const token = "Zm9vYmFyYmF6cXV4-_0123456789ABCDEFGHIJKLMNO"

describe("a token that somebody pastes", () => {
  it("is found in an address as the command prints it, or by itself", () => {
    assert.strictEqual(tokenIn(`http://127.0.0.1:4100/#token=${token}`), token)
    assert.strictEqual(tokenIn(`http://127.0.0.1:4100/#token=${token}&event?sequence=3`), token)
    assert.strictEqual(tokenIn(`  ${token}\n`), token)
  })

  it("is none in anything else", () => {
    for (const text of ["", "abc", "http://127.0.0.1:4100/", `${token} ${token}`, "#token=ü"]) {
      assert.isUndefined(tokenIn(text), text)
    }
  })
})
