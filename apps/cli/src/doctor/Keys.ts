/** Who could sign another history, and who could notice. */
import { createPrivateKey } from "node:crypto"
import { Disk } from "@countersign/core/platform/Disk"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import { readCheckpointBytes } from "@countersign/core/trail/TrailReader"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { trailPath } from "../trail/TrailPath.ts"
import { type Finding, ok, problem, warning } from "./Finding.ts"

const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

/** The engine refuses a key that others may read, so this is also why it does not start. */
const permissions = (check: string, file: string, mode: number): Finding =>
  (mode & 0o077) === 0
    ? ok(check, `mode ${octal(mode)}`)
    : problem(
        check,
        `${file} has mode ${octal(mode)}: others may read it, and the engine refuses it`,
        `chmod 600 ${file}; if others had access, begin a new trail with a new key`,
      )

const secretKey = Effect.fnUntraced(function* (file: string) {
  const disk = yield* Disk
  const status = yield* disk.status(file)
  if (status === undefined) {
    return [ok("signing key", "not beside the trail")] satisfies ReadonlyArray<Finding>
  }
  return [
    warning(
      "signing key",
      `${file} lies beside the trail: whoever takes one has the other, and can sign another history`,
      "make a key that only the service can read, elsewhere (openssl genpkey -algorithm ed25519), name it with signer.path or COUNTERSIGN_SIGNER_PATH, and begin a new trail with it",
    ),
    permissions("key permissions", file, status.mode),
  ] satisfies ReadonlyArray<Finding>
})

const sealKey = Effect.fnUntraced(function* (file: string) {
  const disk = yield* Disk
  const status = yield* disk.status(file)
  return status === undefined ? [] : [permissions("seal key", file, status.mode)]
})

const verifierKey = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const base = trailPath(directory)
  const file = `${base}.vkey`
  if ((yield* disk.status(file)) === undefined) {
    return warning(
      "verifier key",
      `there is no ${file}`,
      "verify with --key; the engine writes the file when it next opens the trail",
    )
  }
  const bytes = yield* disk.readRange(file, 0, SignedNote.noteBytesMax)
  const key = SignedNote.parseVerifierKey(Buffer.from(bytes).toString("utf8"))
  if (Result.isFailure(key)) {
    return problem("verifier key", `${file}: ${key.failure.detail}`, "find out who changed it")
  }
  const note = yield* readCheckpointBytes(directory)
  const signed = note === undefined ? undefined : parseSigned(note)
  if (signed !== undefined && Result.isSuccess(signed)) {
    const signature = SignedNote.verify(signed.success.note, key.success)
    if (signature !== "valid") {
      return problem(
        "verifier key",
        `the checkpoint has no valid signature by the key in ${file}`,
        "verify with a key that was kept elsewhere: either file was changed",
      )
    }
  }
  const secret = `${base}.key`
  if ((yield* disk.status(secret)) !== undefined) {
    const pem = yield* disk.readFile(secret).pipe(Effect.orElseSucceed(() => new Uint8Array()))
    const own = Result.try(() =>
      SignedNote.publicKeyOf(createPrivateKey(Buffer.from(pem).toString("utf8"))),
    )
    if (Result.isSuccess(own) && Buffer.compare(own.success, key.success.publicKey) !== 0) {
      return problem(
        "verifier key",
        `${file} does not belong to ${secret}`,
        "give the engine the key that the trail was begun with",
      )
    }
  }
  return ok("verifier key", `${file} fits; keep a copy elsewhere and verify with --key`)
})

export const examineKeys = Effect.fnUntraced(function* (directory: string) {
  const base = trailPath(directory)
  return [
    ...(yield* secretKey(`${base}.key`)),
    ...(yield* sealKey(`${base}.seal-key`)),
    yield* verifierKey(directory),
  ]
})
