/**
 * An engine whose key lies in a file, and what has become of that key.
 *
 * @since 0.1.0
 */
import { generateKeyPairSync } from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Audit, type OpenError } from "../Audit.ts"
import type { AuditConfig } from "../config/AuditConfig.ts"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { readRotations } from "../trail/RotationFiles.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { verify } from "../trail/Verifier.ts"
import { make, nodeDisk } from "./AuditFixture.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

/** A fresh private key, PKCS #8. */
export const pemOf = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })

/** A trail of the test's own, with its key beside it. */
export const withTrail = Effect.map(temporaryDirectory, (root) => {
  const fixture = make(path.join(root, "trail"))
  const keyFile = `${fixture.directory}.key`
  const layer = (input: Partial<AuditConfig> = {}, disk = nodeDisk) =>
    Audit.layerWith({ ...fixture.config, ...input }).pipe(
      Layer.provide(KeySigner.layerFile(keyFile)),
      Layer.provide(Layer.succeed(Disk, disk)),
    )
  /** A run of the engine with the key in a file. */
  const run = <A, E>(
    use: (audit: Audit["Service"]) => Effect.Effect<A, E>,
    input: Partial<AuditConfig> = {},
    disk = nodeDisk,
  ): Effect.Effect<A, E | OpenError> =>
    Effect.flatMap(Audit, use).pipe(Effect.provide(layer(input, disk)))
  const report = (key?: string) =>
    verify(
      fixture.directory,
      key === undefined
        ? {}
        : { verifierKey: Effect.runSync(Effect.fromResult(SignedNote.parseVerifierKey(key))) },
    ).pipe(Effect.provide(NodeDisk.layer))
  return { ...fixture, keyFile, run, report }
})

/** The configuration of a key a day. */
export const daily: Pick<AuditConfig, "signer"> = {
  signer: { kind: "file", path: "", variable: "X", epoch: "daily" },
}

/** The rotation notes of a trail. */
export const notesIn = (directory: string) =>
  Effect.map(readRotations(directory), ({ rotations }) => rotations).pipe(
    Effect.provide(NodeDisk.layer),
  )
