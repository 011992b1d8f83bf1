import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { fuzzKey } from "./FuzzKeys.ts"

const noteKey = fuzzKey(7)
const name = "example.org/fuzz"
const publicKey = SignedNote.publicKeyOf(noteKey)
const verifierText = SignedNote.formatVerifierKey(name, publicKey)
export const noteVerifier = Result.getOrThrow(SignedNote.parseVerifierKey(verifierText))

export const noteOf = (size: number, root: Uint8Array, extensions: ReadonlyArray<string>) => {
  const text = Checkpoint.format({ origin: name, size, root, extensions })
  return SignedNote.format({ text, signatures: [SignedNote.sign(text, name, noteKey)] })
}

const texts = [noteOf(0, Buffer.alloc(32), []), noteOf(2 ** 53 - 1, Buffer.alloc(32, 1), ["more"])]

export const noteTarget: Target = {
  name: "note",
  tokens: [
    "\n",
    "\n\n",
    "— ",
    "0",
    "9007199254740992",
    "-1",
    "1e3",
    "=",
    "+",
    "\u0000",
    "\u2028",
    name,
  ],
  seeds: [...texts, verifierText].map((text) => Buffer.from(text)),
  run: (input) => {
    const found = Result.getOrUndefined(SignedNote.parseVerifierKey(input.toString("utf8")))
    const signed = Checkpoint.parseSigned(input)
    const note = SignedNote.parse(input)
    if (Result.isFailure(note)) return found === undefined ? "refused" : "accepted"
    insist(SignedNote.format(note.success) === input.toString("utf8"), "a note is what was read")
    const isSigned = SignedNote.verify(note.success, noteVerifier) === "valid"
    insist(
      !isSigned || texts.some((text) => text.startsWith(`${note.success.text}\n`)),
      "only a text that was signed verifies",
    )
    if (Result.isFailure(signed)) return "refused"
    const { checkpoint } = signed.success
    insist(Checkpoint.format(checkpoint) === note.success.text, "a checkpoint is what was read")
    return "accepted"
  },
}
