import { generateKeyPairSync } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Checkpoint from "./Checkpoint.ts"
import { inclusionProof, rootAt } from "./MerkleProof.ts"
import { emptyRoot, leafHash, nodeHash } from "./MerkleTree.ts"
import * as SignedNote from "./SignedNote.ts"
import * as TlogProof from "./TlogProof.ts"

const { privateKey } = generateKeyPairSync("ed25519")
const origin = "example.org/audit"
const keyOf = (name: string): SignedNote.VerifierKey =>
  Result.getOrThrow(
    SignedNote.parseVerifierKey(
      SignedNote.formatVerifierKey(name, SignedNote.publicKeyOf(privateKey)),
    ),
  )
const key = keyOf(origin)

const entries = Array.from({ length: 7 }, (_, index) => Buffer.from(`{"n":${index}}`))
const hashAt = (level: number, index: number): Uint8Array =>
  level === 0
    ? leafHash(entries[index] ?? emptyRoot)
    : nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1))
const checkpoint = { origin, size: 7, root: rootAt(7, hashAt), extensions: [] }
const text = Checkpoint.format(checkpoint)
const note = { text, signatures: [SignedNote.sign(text, origin, privateKey)] }
const proofOf = (index: number): TlogProof.TlogProof => ({
  entry: entries[index],
  index,
  hashes: inclusionProof(index, 7, hashAt),
  signed: { checkpoint, note },
})
const parse = (file: string) => TlogProof.parse(Buffer.from(file, "utf8"))
const file = TlogProof.format(proofOf(5))

describe("TlogProof", () => {
  // The layout of the example in the text of C2SP tlog-proof.
  it("has the lines that the specification asks for", () => {
    const lines = file.split("\n")
    assert.strictEqual(lines[0], "c2sp.org/tlog-proof@v1")
    assert.strictEqual(lines[1], `extra ${Buffer.from('{"n":5}').toString("base64")}`)
    assert.strictEqual(lines[2], "index 5")
    assert.strictEqual(lines[6], "")
    assert.strictEqual(lines.slice(7).join("\n"), SignedNote.format(note))
  })

  it("proves each entry from the file alone", () => {
    for (const [index, entry] of entries.entries()) {
      const proof = Result.getOrThrow(parse(TlogProof.format(proofOf(index))))
      const proven = Result.getOrThrow(TlogProof.check(proof, key))
      assert.deepStrictEqual(Buffer.from(proven.entry), entry)
      assert.strictEqual(proven.index, index)
      assert.strictEqual(proven.checkpoint.size, 7)
    }
  })

  it("proves an entry that is given beside the file", () => {
    const bare = Result.getOrThrow(parse(TlogProof.format({ ...proofOf(5), entry: undefined })))
    const none = Result.flip(TlogProof.check(bare, key))
    assert.strictEqual(Result.getOrThrow(none).reason, "no-entry")
    assert.isTrue(Result.isSuccess(TlogProof.check(bare, key, entries[5])))
    assert.isTrue(Result.isFailure(TlogProof.check(bare, key, entries[4])))
  })

  it("refuses a file with any byte altered", () => {
    const bytes = Buffer.from(file, "utf8")
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [1, 0x20, 0x80]) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ mask
        const result = TlogProof.parse(altered)
        if (Result.isFailure(result)) continue
        assert.isTrue(Result.isFailure(TlogProof.check(result.success, key)), `byte ${at}`)
      }
    }
  })

  it("says why it refuses", () => {
    const reason = (proof: TlogProof.TlogProof, by = key) =>
      Result.getOrThrow(Result.flip(TlogProof.check(proof, by))).reason
    assert.strictEqual(reason(proofOf(5), keyOf("example.org/other")), "unknown-key")
    assert.strictEqual(reason({ ...proofOf(5), index: 4 }), "inclusion")
    const forged = { text: text.replace("7", "8"), signatures: note.signatures }
    assert.strictEqual(reason({ ...proofOf(5), signed: { checkpoint, note: forged } }), "signature")
  })

  it("refuses what is no proof, naming the line", () => {
    const cases: ReadonlyArray<readonly [string, number]> = [
      ["", 1],
      [file.replace("@v1", "@v2"), 1],
      [file.replace("extra ", "extra  "), 2],
      [file.replace("index 5", "index 05"), 3],
      [file.replace("index 5", `index ${2 ** 53}`), 3],
      [file.replace("index 5\n", "index 5\nAAAA\n"), 4],
      [file.replace("\n\n", "\n"), 7],
      [file.replace("\n7\n", "\n07\n"), 8],
      [`c2sp.org/tlog-proof@v1\nindex 0\n${"x\n".repeat(54)}\n`, 3],
      ["x".repeat(600_000), 1],
    ]
    for (const [given, line] of cases) {
      const result = parse(given)
      if (Result.isSuccess(result)) assert.fail(`accepted ${given}`)
      assert.strictEqual(result.failure.line, line, `${result.failure.message} in ${given}`)
    }
  })
})
