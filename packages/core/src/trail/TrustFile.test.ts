import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeKey } from "../testing/RotatedTrail.ts"
import { origin, verifierKeyText } from "../testing/TrailFixture.ts"
import * as TrustFile from "./TrustFile.ts"

const [first, second] = [verifierKeyText(makeKey()), verifierKeyText(makeKey())]
const file = (...keys: ReadonlyArray<unknown>) => ({ version: 1, origin, keys })
const parse = (value: unknown) =>
  TrustFile.parse(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)))

const whole = file(
  { verifierKey: first, from: 0, to: 10 },
  { verifierKey: second, from: 10, revoked: { at: 12, reason: "a lost backup" } },
)

describe("TrustFile", () => {
  it("is read with its ranges, and written as it was read", () => {
    const { keys } = Result.getOrThrow(parse(whole))
    const ranges = keys.map(({ from, key, revoked, to }) => [key.name, from, to, revoked?.at])
    assert.deepStrictEqual(ranges, [
      [origin, 0, 10, undefined],
      [origin, 10, undefined, 12],
    ])
    const plain = keys.map(({ from, key, to }) => ({ from, key, to }))
    const again = TrustFile.format(origin, plain)
    assert.deepStrictEqual(
      Result.getOrThrow(parse(again)).keys.map(({ from, key, to }) => ({ from, key, to })),
      plain,
    )
    assert.isTrue(again.endsWith("}\n"))
  })

  const refused: ReadonlyArray<readonly [string, unknown, string]> = [
    ["what is no JSON", "{", ""],
    ["what is no UTF-8", "", "UTF-8"],
    ["another version", { ...whole, version: 2 }, "version"],
    ["a field that it does not know", { ...whole, revoked: true }, "revoked"],
    [
      "one that it does not know of a key",
      file({ verifierKey: first, from: 0, revokedAt: 5 }),
      "revokedAt",
    ],
    ["no key", file(), ""],
    ["a key that is none", file({ verifierKey: "x", from: 0 }), "key 1"],
    ["a size below 0", file({ verifierKey: first, from: -1 }), ""],
    ["a size that is no whole number", file({ verifierKey: first, from: 0.5 }), ""],
    ["a size as text", file({ verifierKey: first, from: "0" }), ""],
    [
      "a revocation without a reason",
      file({ verifierKey: first, from: 0, revoked: { at: 1 } }),
      "",
    ],
    [
      "a key of another trail",
      file({ verifierKey: verifierKeyText(makeKey(), "example.org/b"), from: 0 }),
      "key 1 is for example.org/b",
    ],
    ["a range of nothing", file({ verifierKey: first, from: 5, to: 5 }), "key 1 ends at size 5"],
    [
      "a gap",
      file({ verifierKey: first, from: 0, to: 9 }, { verifierKey: second, from: 10 }),
      "key 2 begins at size 10, but the one before it ends at size 9",
    ],
    [
      "two keys in force",
      file({ verifierKey: first, from: 0 }, { verifierKey: second, from: 10 }),
      "key 2 follows one that has no end",
    ],
    [
      "a key twice",
      file({ verifierKey: first, from: 0, to: 10 }, { verifierKey: first, from: 10 }),
      "key 2 is there twice",
    ],
  ]
  it.each(refused)("refuses %s", (what, value, text) => {
    const bytes = what === "what is no UTF-8" ? Buffer.from([0xff]) : undefined
    const read = bytes === undefined ? parse(value) : TrustFile.parse(bytes)
    const failure = Result.getOrThrow(Result.flip(read))
    assert.strictEqual(failure.code, "AUD-3702")
    assert.include(failure.message, text)
  })

  it("is not read beyond its largest size", () => {
    const large = Buffer.alloc(TrustFile.trustBytesMax + 1, " ")
    large.write(JSON.stringify(whole))
    assert.include(Result.getOrThrow(Result.flip(TrustFile.parse(large))).message, "more than")
    assert.isTrue(Result.isSuccess(TrustFile.parse(large.subarray(0, -1))))
  })
})
