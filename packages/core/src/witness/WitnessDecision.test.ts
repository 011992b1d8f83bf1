import { generateKeyPairSync } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { noteOf, verifierKeyText } from "../testing/TrailFixture.ts"
import { treeOf } from "../testing/WitnessFixture.ts"
import { parse as parseCheckpoint } from "../trail/Checkpoint.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import { format, parse, requestBytesMax } from "./AddCheckpoint.ts"
import { decide, type SeenHead } from "./WitnessDecision.ts"

const tree = treeOf("a")
const key = Result.getOrThrow(parseVerifierKey(verifierKeyText()))
const seenAt = (size: number, of = tree): SeenHead =>
  Result.getOrThrow(parseCheckpoint(of.textAt(size)))
const decided = (request: Buffer, seen?: SeenHead, keys = [key]) =>
  decide(Result.getOrThrow(parse(request)), keys, seen)

describe("WitnessDecision", () => {
  it("takes a first checkpoint, one that continues the last, and the last one again", () => {
    assert.strictEqual(decided(tree.requestAt(0, 5)).status, 200)
    for (const [old, size] of [
      [1, 2],
      [5, 8],
      [7, 300],
      [256, 257],
      [5, 5],
    ] as const) {
      assert.strictEqual(decided(tree.requestAt(old, size), seenAt(old)).status, 200, `${old}`)
    }
    assert.strictEqual(decided(tree.requestAt(0, 0)).status, 200)
  })

  it("answers 409 with what it has seen to another old size, and to a rolled back tree", () => {
    assert.deepInclude(decided(tree.requestAt(0, 9), seenAt(5)), { status: 409, knownSize: 5 })
    assert.deepInclude(decided(tree.requestAt(4, 9), seenAt(5)), { status: 409, knownSize: 5 })
    const rolledBack = decided(tree.requestAt(4, 4), seenAt(5))
    assert.deepInclude(rolledBack, { status: 409, knownSize: 5 })
    assert.include(JSON.stringify(rolledBack), "rolled back")
    assert.deepInclude(decided(tree.requestAt(5, 9)), { status: 409, knownSize: 0 })
  })

  it("answers 409 to another root of the same size, and 422 to a tree that does not continue it", () => {
    const fork = treeOf("a", 3)
    const same = decided(fork.requestAt(5, 5), seenAt(5))
    assert.deepInclude(same, { status: 409, knownSize: 5 })
    assert.include(JSON.stringify(same), "forked")
    assert.strictEqual(decided(fork.requestAt(5, 9), seenAt(5)).status, 422)
    assert.strictEqual(decided(treeOf("b").requestAt(5, 9), seenAt(5)).status, 422)
    // Before the fork the two are one.
    assert.strictEqual(decided(fork.requestAt(3, 9), seenAt(3)).status, 200)
  })

  it("answers 422 to a proof with a hash too many, too few or changed", () => {
    const { oldSize, proof, signed } = Result.getOrThrow(parse(tree.requestAt(5, 9)))
    const [first, ...rest] = proof
    const wrong = [[...proof, proof[0] ?? key.publicKey], rest, [key.publicKey, ...rest], []]
    assert.isDefined(first)
    for (const changed of wrong) {
      const request = Buffer.from(format({ oldSize, proof: changed, signed }))
      assert.strictEqual(decided(request, seenAt(5)).status, 422)
    }
    const first0 = Buffer.from(format({ oldSize: 0, proof, signed }))
    assert.strictEqual(decided(first0).status, 422)
  })

  it("answers 400, 403 and 404 to a smaller tree, a strange key and a strange log", () => {
    const smaller = Result.getOrThrow(parse(tree.requestAt(5, 9)))
    assert.strictEqual(decide({ ...smaller, oldSize: 10 }, [key], seenAt(10)).status, 400)
    const other = generateKeyPairSync("ed25519").privateKey
    const strange = noteOf(tree.textAt(9), other)
    assert.strictEqual(decided(tree.requestAt(5, 9, strange), seenAt(5)).status, 403)
    assert.strictEqual(decided(tree.requestAt(5, 9), seenAt(5), []).status, 404)
    // A strange signature beside the right one is nobody's business.
    const both = `${noteOf(tree.textAt(9))}${strange.slice(strange.lastIndexOf("—"))}`
    assert.strictEqual(decided(tree.requestAt(5, 9, both), seenAt(5)).status, 200)
  })
})

describe("AddCheckpoint", () => {
  const body = tree.requestAt(5, 9).toString()

  it("is read as it was written", () => {
    assert.strictEqual(format(Result.getOrThrow(parse(Buffer.from(body)))), body)
    assert.match(body, /^old 5\n(?:[A-Za-z0-9+/]{43}=\n)+\nexample\.org\/audit\/test\n9\n/)
  })

  it("is refused in every other form", () => {
    const line = body.split("\n")[1] ?? ""
    const changed = [
      "",
      "old 5",
      body.replace("old 5", "old 05"),
      body.replace("old 5", "old -5"),
      body.replace("old 5", "old 9007199254740992"),
      body.replace("old 5", "old  5"),
      body.replace("old 5", "Old 5"),
      body.replace(line, ` ${line}`),
      body.replace(line, line.slice(0, -1)),
      body.replace(line, Buffer.alloc(33).toString("base64")),
      body.replace(line, Array.from({ length: 64 }, () => line).join("\n")),
      body.replace("\n\nexample", "\nexample"),
      body.replace("\n9\n", "\n09\n"),
      body.slice(0, -1),
      body + "x".repeat(requestBytesMax),
    ]
    for (const text of changed) {
      assert.notStrictEqual(text, body)
      assert.isTrue(Result.isFailure(parse(Buffer.from(text))), text.slice(0, 200))
    }
  })

  it("takes 63 lines of proof", () => {
    const line = body.split("\n")[1] ?? ""
    const text = body.replace(/^old 5\n[^]*?\n\n/, `old 5\n${`${line}\n`.repeat(63)}\n`)
    assert.strictEqual(Result.getOrThrow(parse(Buffer.from(text))).proof.length, 63)
  })
})
