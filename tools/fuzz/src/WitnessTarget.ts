import * as AddCheckpoint from "@countersign/core/witness/AddCheckpoint"
import * as Cosignature from "@countersign/core/witness/Cosignature"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { fuzzKey } from "./FuzzKeys.ts"
import { noteOf } from "./NoteTarget.ts"
import { sign } from "node:crypto"

const name = "witness.example/fuzz"
const witnessKey = fuzzKey(9)
const publicKey = SignedNote.publicKeyOf(witnessKey)
const witness = Result.getOrThrow(
  Cosignature.parseWitnessKey(Cosignature.formatWitnessKey(name, publicKey)),
)
const timeSeconds = 1_790_000_000

const requestOf = (oldSize: number, hashes: number): string => {
  const signed = Result.getOrThrow(parseSigned(Buffer.from(noteOf(9, Buffer.alloc(32, 3), []))))
  const signature = sign(null, Cosignature.messageOf(signed.note.text, timeSeconds), witnessKey)
  const cosignature = Cosignature.cosignatureOf(name, publicKey, timeSeconds, signature)
  const note = { ...signed.note, signatures: [...signed.note.signatures, cosignature] }
  const proof = Array.from({ length: hashes }, (_, index) => Buffer.alloc(32, index))
  return AddCheckpoint.format({ oldSize, proof, signed: { ...signed, note } })
}

const texts = [requestOf(0, 0), requestOf(7, 3), requestOf(2 ** 53 - 1, 63)]
const cosigned = new Set(
  texts.map((text) => Result.getOrThrow(AddCheckpoint.parse(Buffer.from(text))).signed.note.text),
)

/** What a witness is sent, and the cosignatures in it. */
export const witnessTarget: Target = {
  name: "witness",
  tokens: ["old ", "old 0\n", "\n\n", "— ", "=", "AAAA", "9007199254740992", name],
  seeds: texts.map((text) => Buffer.from(text)),
  run: (input) => {
    const parsed = AddCheckpoint.parse(input)
    if (Result.isFailure(parsed)) return "refused"
    insist(
      AddCheckpoint.format(parsed.success) === input.toString("utf8"),
      "a request is what was read",
    )
    const { note } = parsed.success.signed
    const judged = Cosignature.verifyCosignature(note, witness)
    insist(
      judged.verdict !== "valid" || (cosigned.has(note.text) && judged.timeSeconds === timeSeconds),
      "only a text that was cosigned is, at the time it was",
    )
    return "accepted"
  },
}
