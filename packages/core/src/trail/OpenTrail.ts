/**
 * A trail opened for writing: leased, recovered, with a log to append to.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import { fencedDisk } from "./FencedDisk.ts"
import * as Lease from "./Lease.ts"
import { type Recovered, recover } from "./Recovery.ts"
import { settleKeys } from "./KeySettlement.ts"
import type { TrailKeys } from "./TrailKeys.ts"
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
  /** A checkpoint that witnesses have cosigned: the trail holds at least what it speaks of. */
  readonly witnessed?: Checkpoint | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface OpenTrail {
  readonly lease: Lease.Lease
  /** For all that is written to the trail: it fails once another writer has it. */
  readonly disk: Disk["Service"]
  readonly wal: WriteAheadLog
  readonly recovered: Recovered
  /** Who signs; it may change while the trail is open. */
  readonly keys: TrailKeys
  /** A key that was prepared and never came to sign, and is destroyed now: what is known of it. */
  readonly abandoned: string | undefined
}

/**
 * Takes the lease, recovers the trail, writes the verifier key to `<directory>.vkey` and opens
 * a segment of the log. All of it is given back with the scope.
 *
 * - Errors: `TrailLocked`, `TrailDamaged`, `SignerError`, `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openTrail = Effect.fnUntraced(function* (options: OpenTrailOptions) {
  const given = yield* Disk
  const { directory, nowMillis, origin, segmentBytesMax } = options
  const lease = yield* Effect.acquireRelease(Lease.acquire(directory), (held) =>
    Effect.ignore(held.release),
  )
  const disk = fencedDisk(given, lease)
  const { abandoned, keys, newest, settle } = yield* settleKeys(directory, origin)
  const recovered = yield* recover({
    directory,
    origin,
    verifierKey: keys.key,
    rotation: newest,
    witnessed: options.witnessed,
    nowMillis,
    sign: (size, root) => keys.sign(size, root),
  }).pipe(Effect.provideService(Disk, disk))
  // Whoever holds the key after must find a checkpoint that it speaks for.
  if (recovered.isBehindRotation) yield* recovered.writer.publish
  // Only now: a key that the trail refuses must not take the place of the right one.
  yield* publishVerifierKey(directory, keys.verifierKey)
  yield* settle
  const wal = new WriteAheadLog(disk, {
    directory,
    segmentBytesMax,
    fence: lease.fence,
    nextSequence: recovered.nextSequence,
  })
  wal.adopt(recovered.segments)
  yield* Effect.addFinalizer(() => wal.roll)
  yield* wal.open
  const trail: OpenTrail = { lease, disk, wal, recovered, keys, abandoned }
  return trail
})

/**
 * Writes the verifier key to `<directory>.vkey`.
 *
 * @category running
 * @since 0.1.0
 */
export const publishVerifierKey = (
  directory: string,
  verifierKey: string,
): Effect.Effect<void, DiskError, Disk> =>
  Effect.flatMap(Disk, (disk) =>
    disk.replaceFile(`${directory}.vkey`, [Buffer.from(`${verifierKey}\n`)], publicMode),
  )
