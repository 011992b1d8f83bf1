import { createPrivateKey, generateKeyPairSync } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SignedNote from "./SignedNote.ts"

// From the documentation of Go's golang.org/x/mod/sumdb/note.
const published = {
  verifierKey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  seed: "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
}
const privateKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from(published.seed, "base64").subarray(1),
  ]),
  format: "der",
  type: "pkcs8",
})
const file = `${published.text}\n${published.signature}`
const parsed = (text: string) => SignedNote.parse(Buffer.from(text, "utf8"))
const note = Result.getOrThrow(parsed(file))
const verifier = Result.getOrThrow(SignedNote.parseVerifierKey(published.verifierKey))
const refusal = <A>(result: Result.Result<A, SignedNote.NoteMalformed>): string =>
  Result.isFailure(result) ? result.failure.detail : assert.fail("should have been refused")

describe("SignedNote", () => {
  it("verifies the published note with the published key", () => {
    assert.strictEqual(note.text, published.text)
    assert.strictEqual(SignedNote.verify(note, verifier), "valid")
  })

  it("signs as the published signer does, byte for byte", () => {
    const signature = SignedNote.sign(published.text, "PeterNeumann", privateKey)
    assert.strictEqual(SignedNote.format({ text: published.text, signatures: [signature] }), file)
  })

  it("writes the published verifier key from the private one", () => {
    assert.strictEqual(
      SignedNote.formatVerifierKey("PeterNeumann", SignedNote.publicKeyOf(privateKey)),
      published.verifierKey,
    )
  })

  it("finds every altered bit of the file", () => {
    const bytes = Buffer.from(file, "utf8")
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes)
      altered[bit >>> 3] = (altered[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      const result = SignedNote.parse(altered)
      if (Result.isFailure(result)) continue
      assert.notStrictEqual(SignedNote.verify(result.success, verifier), "valid", `bit ${bit}`)
    }
  })

  it("ignores other keys' signatures, but not a wrong one of its own key", () => {
    const other = generateKeyPairSync("ed25519").privateKey
    const elsewhere = SignedNote.sign("another text\n", "witness.example", other)
    const signatures = [elsewhere, ...note.signatures]
    assert.strictEqual(SignedNote.verify({ text: note.text, signatures }, verifier), "valid")
    assert.strictEqual(
      SignedNote.verify({ text: note.text, signatures: [elsewhere] }, verifier),
      "absent",
    )
    const wrong = SignedNote.sign("another text\n", "PeterNeumann", privateKey)
    assert.strictEqual(
      SignedNote.verify({ text: note.text, signatures: [...note.signatures, wrong] }, verifier),
      "invalid",
    )
    const short = { ...wrong, bytes: wrong.bytes.subarray(1) }
    assert.strictEqual(
      SignedNote.verify({ text: note.text, signatures: [short] }, verifier),
      "invalid",
    )
  })

  it("splits text and signatures at the last empty line", () => {
    const text = "a\n\nb\n"
    const signed = { text, signatures: note.signatures }
    assert.deepStrictEqual(Result.getOrThrow(parsed(SignedNote.format(signed))), signed)
  })

  it("refuses what is no note, saying why", () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["", "the note has no empty line before its signatures"],
      [published.text, "the note has no empty line before its signatures"],
      [`${published.text}\n`, "the note has no signature"],
      [file.slice(0, -1), "the note's last line is cut"],
      [`${file}x\n`, "the note has a malformed signature line"],
      [file.replace("—", "-"), "the note has a malformed signature line"],
      [file.replace("=\n", "\n"), "the note has a malformed signature line"],
      [`a\u0000b\n\n${published.signature}`, "the note holds control characters"],
      [`a\r\n\n${published.signature}`, "the note holds control characters"],
      [`a\n\n${published.signature.repeat(65)}`, "a note has at most 64 signatures"],
      [`${"a".repeat(256 * 1024)}\n\n`, "a note has at most 262144 bytes"],
    ]
    for (const [text, detail] of cases) assert.strictEqual(refusal(parsed(text)), detail)
    assert.strictEqual(
      refusal(SignedNote.parse(Buffer.from([0xff, 0x0a, 0x0a]))),
      "the note is not UTF-8",
    )
    assert.isTrue(Result.isSuccess(parsed(`a\n\n${published.signature.repeat(16)}`)))
  })

  it("refuses what is no verifier key", () => {
    const form = "a verifier key has the form name+hash+key, on one line"
    const altered = "the verifier key's hash doesn't match its name and key: it was altered or cut"
    const kind = "the verifier key is of another kind than Ed25519"
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["", form],
      ["PeterNeumann", form],
      [published.verifierKey.replace("PeterNeumann", ""), form],
      [published.verifierKey.replace("PeterNeumann", "Peter Neumann"), form],
      [published.verifierKey.replace("c74f20a3", "C74F20A3"), form],
      [published.verifierKey.slice(0, -1), form],
      [published.verifierKey.slice(0, -4), kind],
      [published.verifierKey.replace("+AR", "+BR"), kind],
      [published.verifierKey.replace("PeterNeumann", "PeterNeuman"), altered],
      [published.verifierKey.replace("c74f20a3", "c74f20a4"), altered],
      [published.verifierKey.replace("10TW", "10TX"), altered],
    ]
    for (const [text, detail] of cases) {
      assert.strictEqual(refusal(SignedNote.parseVerifierKey(text)), detail, text)
    }
    assert.isTrue(Result.isSuccess(SignedNote.parseVerifierKey(`${published.verifierKey}\n`)))
  })

  it("takes no key but Ed25519 to sign", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    assert.throws(() => SignedNote.sign("a\n", "name", other), TypeError)
  })

  it.prop("reads back every text that it signs", { line: Schema.String }, ({ line }) => {
    const text = `${line.toWellFormed()}\n`
    const signatures = [SignedNote.sign(text, "example.org/log", privateKey)]
    const result = parsed(SignedNote.format({ text, signatures }))
    if (Result.isFailure(result)) {
      assert.strictEqual(result.failure.detail, "the note holds control characters")
      return
    }
    assert.deepStrictEqual(result.success.text, text)
    const key = Result.getOrThrow(
      SignedNote.parseVerifierKey(
        SignedNote.formatVerifierKey("example.org/log", SignedNote.publicKeyOf(privateKey)),
      ),
    )
    assert.strictEqual(SignedNote.verify(result.success, key), "valid")
  })
})
