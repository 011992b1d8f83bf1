import { assert, describe, it } from "@effect/vitest"
import type { NoteKey } from "../proof/Note.ts"
import { compared, pathEnd } from "./ProofWords.ts"

const checkpoint = { origin: "o", size: 1, root: new Uint8Array(32), extensions: [] }
const signer: NoteKey = { name: "o", keyId: 1, publicKey: new Uint8Array(32) }

describe("the words of a proof", () => {
  it("call a root signed where somebody who is known has signed it, and nowhere else", () => {
    const { root } = checkpoint
    assert.strictEqual(pathEnd({ checkpoint, root, signer })?.words, "the signed root is the same")
    const unsigned = pathEnd({ checkpoint, root })
    assert.include(unsigned?.words, "not known to be signed")
    assert.strictEqual(unsigned?.look, "quiet")
    const other = pathEnd({ checkpoint, root: new Uint8Array(32).fill(1), signer })
    assert.strictEqual(other?.look, "bad")
    assert.isUndefined(pathEnd({ root }))
  })

  it("say of a second copy which bytes were signed, and nothing of that where none were", () => {
    const both = { name: "B", isEqual: true, isSigned: true, isTrail: true, isCopy: true }
    assert.include(compared(both), "they are the signed ones")
    assert.include(
      compared({ ...both, isTrail: false, isCopy: false }),
      "the signed tree has others",
    )
    const different = { ...both, isEqual: false }
    assert.include(compared({ ...different, isCopy: false }), "The proof is of the trail's bytes")
    assert.include(compared({ ...different, isTrail: false }), "The proof is of what B holds")
    for (const isEqual of [true, false]) {
      const words = compared({ ...both, isEqual, isSigned: false })
      assert.include(words, "no signature that is believed here")
      assert.notInclude(words, "proof is of")
    }
  })
})
