/**
 * A trail opened for writing: leased, recovered, with a log to append to.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Disk } from "../platform/Disk.ts"
import { Signer } from "../signer/Signer.ts"
import * as Checkpoint from "./Checkpoint.ts"
import * as Lease from "./Lease.ts"
import { type Recovered, recover } from "./Recovery.ts"
import * as SignedNote from "./SignedNote.ts"
import { WriteAheadLog } from "./WriteAheadLog.ts"

/** The verifier key is for everybody. */
const publicMode = 0o644

/**
 * @category models
 * @since 0.1.0
 */
export interface OpenTrailOptions {
  readonly directory: string
  readonly origin: string
  /** A segment of the log that has reached this size is followed by a new one. Units: bytes. */
  readonly segmentBytesMax: number
  readonly nowMillis: () => number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface OpenTrail {
  readonly lease: Lease.Lease
  readonly wal: WriteAheadLog
  readonly recovered: Recovered
  /** Eight hexadecimal digits. */
  readonly keyId: string
  /** The verifier key, as `countersign key` prints it. */
  readonly verifierKey: string
}

/**
 * Takes the lease, recovers the trail, writes the verifier key to `<directory>.vkey` and opens
 * a segment of the log. All of it is given back with the scope.
 *
 * - Errors: `TrailLocked`, `TrailDamaged`, `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openTrail = Effect.fnUntraced(function* (options: OpenTrailOptions) {
  const disk = yield* Disk
  const signer = yield* Signer
  const { directory, nowMillis, origin, segmentBytesMax } = options
  const lease = yield* Effect.acquireRelease(Lease.acquire(directory), (held) =>
    Effect.ignore(held.release),
  )
  const keyId = SignedNote.keyIdOf(origin, signer.publicKey)
  const verifierKeyText = SignedNote.formatVerifierKey(origin, signer.publicKey)
  const verifierKey = yield* Effect.fromResult(SignedNote.parseVerifierKey(verifierKeyText)).pipe(
    Effect.orDie,
  )
  const sign = (size: number, root: Uint8Array) => {
    const text = Checkpoint.format({ origin, size, root, extensions: [] })
    return Effect.map(signer.sign(Buffer.from(text)), (bytes) =>
      Buffer.from(SignedNote.format({ text, signatures: [{ name: origin, keyId, bytes }] })),
    )
  }
  const recovered = yield* recover({ directory, origin, verifierKey, nowMillis, sign })
  // Only now: a key that the trail refuses must not take the place of the right one.
  yield* disk.replaceFile(`${directory}.vkey`, [Buffer.from(`${verifierKeyText}\n`)], publicMode)
  const wal = new WriteAheadLog(disk, {
    directory,
    segmentBytesMax,
    fence: lease.fence,
    nextSequence: recovered.nextSequence,
  })
  wal.adopt(recovered.segments)
  yield* Effect.addFinalizer(() => wal.roll)
  yield* wal.open
  const trail: OpenTrail = {
    lease,
    wal,
    recovered,
    keyId: keyId.toString(16).padStart(8, "0"),
    verifierKey: verifierKeyText,
  }
  return trail
})
