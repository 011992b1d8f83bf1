import { assert, describe, it } from "@effect/vitest"
import * as Text from "./Text.ts"

describe("Text", () => {
  it("lets no text from outside move the cursor, end a line or turn the reading order", () => {
    assert.strictEqual(
      Text.printable("a\u001b[2Jb\r\nc\u202ed\u0085é😀"),
      "a\\u001b[2Jb\\u000d\\u000ac\\u202ed\\u0085é😀",
    )
  })

  it("writes sizes and durations in the unit that fits", () => {
    assert.deepStrictEqual([0, 1023, 1024, 5 * 1024 ** 3].map(Text.size), [
      "0 B",
      "1023 B",
      "1.0 KiB",
      "5.0 GiB",
    ])
    assert.deepStrictEqual([3, 1500, 90_000, 7_200_000, 5 * 86_400_000].map(Text.duration), [
      "3 ms",
      "1.5 s",
      "2 min",
      "2.0 h",
      "5 days",
    ])
  })

  it("aligns columns, numbers to the right", () => {
    assert.deepStrictEqual(
      Text.aligned(
        [
          ["a", "1", "x"],
          ["long", "200", ""],
        ],
        new Set([1]),
      ),
      ["a       1  x", "long  200"],
    )
  })
})
