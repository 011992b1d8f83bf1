import { createPrivateKey } from "node:crypto"
import { makeKey, noteByAll } from "@countersign/core/testing/RotatedTrail"
import {
  checkpointText,
  entriesOf,
  noteOf,
  origin,
  verifierKeyText,
} from "@countersign/core/testing/TrailFixture"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { toBase64 } from "./Bytes.ts"
import {
  formatKey,
  isUnreadable,
  judgeSignature,
  type Note,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  parseNote,
} from "./Note.ts"

const readable = <A extends object>(value: A | { readonly problem: string }): A => {
  if (isUnreadable(value)) throw new Error(value.problem)
  return value
}
const noteIn = (text: string): Note => readable(parseNote(text))
const keyIn = (text: string): NoteKey => readable(parseKey(text))

/** The example of C2SP signed-note's reference implementation, golang.org/x/mod/sumdb/note. */
const golden = {
  key: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  note:
    "If you think cryptography is the answer to your problem,\n" +
    "then you don't know what your problem is.\n\n" +
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
}

describe("a signed note, as the page reads it", () => {
  it("is verified as the reference implementation's example says", () => {
    const [note, key] = [noteIn(golden.note), keyIn(golden.key)]
    assert.strictEqual(judgeSignature(note, key), "valid")
    assert.strictEqual(formatKey(key), golden.key)
    const altered = { ...note, text: note.text.replace("answer", "Answer") }
    assert.strictEqual(judgeSignature(altered, key), "invalid")
    assert.strictEqual(judgeSignature(note, keyIn(verifierKeyText())), "absent")
  })

  it("is verified as RFC 8032 has it: one signature for one text and key", () => {
    const text = checkpointText(entriesOf(3))
    const note = noteIn(noteOf(text))
    const key = keyIn(verifierKeyText())
    assert.strictEqual(judgeSignature(note, key), "valid")
    const [signature] = note.signatures
    for (let at = 0; at < 64; at += 7) {
      const bytes = Uint8Array.from(signature?.bytes ?? [], (byte, each) =>
        each === at ? byte ^ 0x20 : byte,
      )
      const changed = { ...note, signatures: [{ name: origin, keyId: key.keyId, bytes }] }
      assert.strictEqual(judgeSignature(changed, key), "invalid", `byte ${at}`)
    }
    const short = { name: origin, keyId: key.keyId, bytes: new Uint8Array(63) }
    assert.strictEqual(judgeSignature({ ...note, signatures: [short] }, key), "invalid")
  })

  it("ignores the signatures of others, and is judged with all of a key's own", () => {
    const [one, other] = [makeKey(), makeKey()]
    const text = checkpointText(entriesOf(3))
    const note = noteIn(noteByAll(text, [one, other]))
    for (const key of [one, other]) {
      assert.strictEqual(judgeSignature(note, keyIn(verifierKeyText(key))), "valid")
    }
    const [first, second] = note.signatures
    if (first === undefined || second === undefined) throw new Error("two have signed")
    const twice = { ...note, signatures: [first, { ...first, bytes: second.bytes }] }
    assert.strictEqual(judgeSignature(twice, keyIn(verifierKeyText(one))), "invalid")
  })

  it("agrees with the core's reader on what is none", () => {
    const good = noteOf(checkpointText(entriesOf(2)))
    const [text = "", line = ""] = good.split("\n\n")
    const bad = [
      "",
      "\n",
      text,
      `${text}\n\n`,
      good.slice(0, -1),
      good.replace("— ", "- "),
      good.replace("\n\n", "\n"),
      good.replace("example", "exa\tmple"),
      `${text}\n\n${line.trim()}=\n`,
      `${text}\n\n— ${origin} AAAA\n`,
      `${text}\n\n${`${line.trim()}\n`.repeat(65)}`,
    ]
    for (const each of [good, ...bad]) {
      assert.strictEqual(
        !isUnreadable(parseNote(each)),
        Result.isSuccess(SignedNote.parse(Buffer.from(each))),
        each,
      )
    }
  })
})

describe("a verifier key, as the page reads it", () => {
  it("is refused where its parts do not fit", () => {
    const text = verifierKeyText()
    const [name = "", id = "", key = ""] = text.split("+")
    assert.isFalse(isUnreadable(parseKey(`${text}\n`)))
    const rest = text.slice(name.length + id.length + 2)
    const bad = [
      "",
      name,
      `${name}+${id}`,
      `other+${id}+${rest}`,
      `${name}+00000000+${rest}`,
      `${name}+${id}+${rest.slice(4)}`,
      `${name} x+${id}+${rest}`,
      `${name}+${id}+${toBase64(Uint8Array.of(2, ...Array.from({ length: 32 }, () => 1)))}`,
    ]
    assert.notStrictEqual(key, "")
    for (const each of bad) assert.isTrue(isUnreadable(parseKey(each)), each)
  })

  it("signs what RFC 8032's first test vector signs", () => {
    const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex")
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    const parsed = keyIn(verifierKeyText(key))
    assert.strictEqual(
      Buffer.from(parsed.publicKey).toString("hex"),
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    )
  })
})

describe("a checkpoint, as the page reads it", () => {
  it("has one way to be written", () => {
    const text = checkpointText(entriesOf(3))
    const [name = "", size = "", root = ""] = text.split("\n")
    assert.isFalse(isUnreadable(parseCheckpoint(text)))
    assert.isFalse(isUnreadable(parseCheckpoint(`${text}more\n`)))
    const bad = [
      "",
      text.slice(0, -1),
      `${name}\n0${size}\n${root}\n`,
      `${name}\n-1\n${root}\n`,
      `${name}\n9007199254740993\n${root}\n`,
      `${name}\n${size}\n${root.slice(0, -4)}\n`,
      `${name}\n${size}\n\n`,
      `${name}\n${size}\n${root}\n\n`,
    ]
    for (const each of bad) assert.isTrue(isUnreadable(parseCheckpoint(each)), each)
  })
})
