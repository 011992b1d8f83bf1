import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import * as Rotation from "@countersign/core/trail/Rotation"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { fuzzKey } from "./FuzzKeys.ts"

const origin = "example.org/fuzz"
const before = fuzzKey(1)
const after = fuzzKey(2)
const keyOf = (key: typeof before): SignedNote.VerifierKey =>
  Result.getOrThrow(
    SignedNote.parseVerifierKey(SignedNote.formatVerifierKey(origin, SignedNote.publicKeyOf(key))),
  )

const noteOf = (size: number): string => {
  const succession = Rotation.formatSuccession({
    number: 1,
    sequence: size - 1,
    atMillis: 1_790_000_000_000,
    before: keyOf(before),
    after: keyOf(after),
  })
  const text = Checkpoint.format({
    origin,
    size,
    root: Buffer.alloc(32, 5),
    extensions: [succession],
  })
  const signatures = [before, after].map((key) => SignedNote.sign(text, origin, key))
  return SignedNote.format({ text, signatures })
}

const texts = [noteOf(1), noteOf(4096)]

/** The note in which a key gives way to the next. */
export const rotationTarget: Target = {
  name: "rotation",
  tokens: ["countersign/key-rotation ", "countersign/key-since ", "\n", "— ", "0", "-1", "+", "="],
  seeds: texts.map((text) => Buffer.from(text)),
  run: (input) => {
    const parsed = Rotation.parse(input)
    if (Result.isFailure(parsed)) return "refused"
    const rotation = parsed.success
    insist(rotation.sequence < rotation.checkpoint.size, "the announcement is under the note")
    const isOurs =
      Rotation.isSameKey(rotation.before, keyOf(before)) &&
      Rotation.isSameKey(rotation.after, keyOf(after))
    insist(
      !isOurs ||
        Rotation.signatureProblem(rotation) !== undefined ||
        texts.some((text) => text.startsWith(`${rotation.note.text}\n`)),
      "only a note that both keys signed is theirs",
    )
    return "accepted"
  },
}
