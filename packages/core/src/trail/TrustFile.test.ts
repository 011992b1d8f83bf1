import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeKey } from "../testing/RotatedTrail.ts"
import { origin, verifierKeyText } from "../testing/TrailFixture.ts"
import * as TrustFile from "./TrustFile.ts"

const [first, second] = [verifierKeyText(makeKey()), verifierKeyText(makeKey())]
const root = Buffer.alloc(32, 7).toString("base64")
const file = (...keys: ReadonlyArray<unknown>) => ({ version: 1, origin, keys })
const parse = (value: unknown) =>
  TrustFile.parse(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)))

const whole = file(
  { verifierKey: first, from: 0, to: 10, root },
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
    const plain = keys.map(({ from, key, root: over, to }) => ({ from, key, root: over, to }))
    assert.deepStrictEqual(keys[0]?.root, Buffer.alloc(32, 7))
    const again = TrustFile.format(origin, plain)
    assert.deepStrictEqual(
      Result.getOrThrow(parse(again)).keys.map(({ from, key, root: over, to }) => ({
        from,
        key,
        root: over,
        to,
      })),
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
      "a revocation before its key begins",
      file({ verifierKey: first, from: 5, revoked: { at: 4, reason: "x" } }),
      "key 1 is revoked at size 4, which is outside",
    ],
    [
      "a revocation after its key has ended",
      file({ verifierKey: first, from: 5, to: 9, revoked: { at: 10, reason: "x" } }),
      "key 1 is revoked at size 10, which is outside",
    ],
    [
      "a root without a size",
      file({ verifierKey: first, from: 5, root }),
      "key 1 gives a root and no `to`",
    ],
    [
      "a root that is none",
      file({ verifierKey: first, from: 5, to: 9, root: root.slice(4) }),
      "key 1 gives a root that is none",
    ],
    [
      "one that is none of a revocation",
      file({ verifierKey: first, from: 5, revoked: { at: 6, reason: "x", root: `${root}=` } }),
      "key 1 gives a root that is none",
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
