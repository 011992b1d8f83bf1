/**
 * A witness: cosigns the checkpoints of some logs, each only if it continues the last.
 *
 * - Source: C2SP tlog-witness.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { Disk } from "../platform/Disk.ts"
import { Signer, type SignerError } from "../signer/Signer.ts"
import * as Lease from "../trail/Lease.ts"
import { formatSignature, type VerifierKey } from "../trail/SignedNote.ts"
import { type AddCheckpoint, parse } from "./AddCheckpoint.ts"
import { cosignatureOf, formatWitnessKey, messageOf } from "./Cosignature.ts"
import { acceptedKeys, follow, formatAccepted } from "./FollowedKeys.ts"
import { decide } from "./WitnessDecision.ts"
import * as WitnessState from "./WitnessState.ts"

/**
 * Another process is the witness over these files.
 *
 * @category errors
 * @since 0.1.0
 */
export class WitnessBusy extends Schema.TaggedError<WitnessBusy>("@countersign/core/WitnessBusy")(
  "WitnessBusy",
  {
    code: Schema.tag("AUD-3603"),
    isRetryable: Schema.tag(true),
    path: Schema.String,
    holder: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.path}: ${this.holder} is the witness over this directory. Two over one would sign what the other has not seen: give this one a directory and a key of its own`
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface WitnessOptions {
  /** The key's name: a URL without its scheme, such as `witness.example/w1`. */
  readonly name: string
  /** What it has seen is kept here. Made where it is absent. */
  readonly directory: string
  /** Keys of the logs that it serves; a key's name is the log's origin. */
  readonly logs: ReadonlyArray<VerifierKey>
}

/**
 * What goes back to the one who asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 500
  readonly contentType: "text/plain; charset=utf-8" | "text/x.tlog.size"
  readonly body: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Witness {
  /** For those who are to trust it. */
  readonly verifierKey: string
  /** Answers the body of an `add-checkpoint` request. */
  readonly add: (body: Uint8Array) => Effect.Effect<WitnessAnswer>
}

const said = (status: WitnessAnswer["status"], text: string): WitnessAnswer => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body: `${text}\n`,
})

const takenOver = said(500, "another process has taken this witness over")

const takeLease = (directory: string) =>
  Effect.acquireRelease(
    Lease.acquire(directory).pipe(
      Effect.catchTag("TrailLocked", ({ holder, path }) => new WitnessBusy({ path, holder })),
    ),
    (lease) => Effect.ignore(lease.release),
  )

const cosignWith =
  (name: string, signer: Signer["Service"], clock: Clock.Clock) =>
  (text: string): Effect.Effect<WitnessAnswer, SignerError> =>
    Effect.suspend(() => {
      const timeSeconds = Math.floor(clock.currentTimeMillisUnsafe() / 1000)
      return Effect.map(signer.sign(messageOf(text, timeSeconds)), (signature) => ({
        status: 200,
        contentType: "text/plain; charset=utf-8",
        body: formatSignature(cosignatureOf(name, signer.publicKey, timeSeconds, signature)),
      }))
    })

const keysByOrigin = (logs: ReadonlyArray<VerifierKey>) => {
  const byOrigin = new Map<
    string,
    { readonly keys: Array<VerifierKey>; readonly one: Semaphore.Semaphore }
  >()
  for (const key of logs) {
    const known = byOrigin.get(key.name)
    if (known === undefined) {
      byOrigin.set(key.name, { keys: [key], one: Semaphore.makeUnsafe(1) })
    } else known.keys.push(key)
  }
  return byOrigin
}

/**
 * Opens a witness: nobody else uses its directory until the scope ends.
 *
 * - Errors: `WitnessBusy`, `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* ({ directory, logs, name }: WitnessOptions) {
  const disk = yield* Disk
  const signer = yield* Signer
  const clock = yield* Clock.clockWith(Effect.succeed)
  const lease = yield* takeLease(directory)
  const state = WitnessState.make(disk, directory, lease.fence)
  const byOrigin = keysByOrigin(logs)
  let isOpen = true
  // The lease goes after the last answer: the next witness must find what this one has signed.
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      isOpen = false
      return Effect.forEach(byOrigin.values(), ({ one }) => one.withPermit(Effect.void))
    }),
  )

  const cosign = cosignWith(name, signer, clock)

  const answer = Effect.fnUntraced(function* (request: AddCheckpoint) {
    const { checkpoint, note } = request.signed
    const { origin, size } = checkpoint
    const given = byOrigin.get(origin)?.keys ?? []
    if (!isOpen) return said(500, "the witness is closed")
    if (!lease.isHeldUnsafe()) return takenOver
    const seen = given.length === 0 ? undefined : yield* state.seen(origin)
    const keys = acceptedKeys(given, seen?.followed)
    const decision = decide(request, keys, seen)
    if (decision.status === 200) {
      // Also where nothing is new: what lies there may be what a failed sync has left.
      yield* state.remember(request.signed, follow(request.signed, given, seen?.followed))
      // What its successor has seen since, this one has not.
      if (!lease.isHeldUnsafe()) return takenOver
      return yield* cosign(note.text)
    }
    const isAlarm =
      decision.status === 422 ||
      // The right old size is asked for as often as not; a smaller or another tree never is.
      (decision.status === 409 &&
        (size < decision.knownSize || request.oldSize === decision.knownSize))
    if (isAlarm) {
      yield* Effect.logWarning(`countersign: ${origin} at ${size} entries: ${decision.reason}`)
    }
    if (decision.status === 403) return said(403, `${decision.reason}${formatAccepted(keys)}`)
    if (decision.status !== 409) return said(decision.status, decision.reason)
    const conflict: WitnessAnswer = {
      status: 409,
      contentType: "text/x.tlog.size",
      body: `${decision.knownSize}\n`,
    }
    return conflict
  })

  const witness: Witness = {
    verifierKey: formatWitnessKey(name, signer.publicKey),
    add: (body) =>
      Effect.suspend(() => {
        const request = parse(body)
        if (Result.isFailure(request)) return Effect.succeed(said(400, request.failure.message))
        const { one = Semaphore.makeUnsafe(1) } =
          byOrigin.get(request.success.signed.checkpoint.origin) ?? {}
        // One at a time from the reading to the signing, also for a client that hangs up midway.
        return one.withPermit(Effect.uninterruptible(answer(request.success)))
      }).pipe(
        Effect.catch((error) =>
          Effect.as(
            Effect.logError("countersign: witness", error),
            said(500, "the witness can't keep what it sees, so it signs nothing"),
          ),
        ),
      ),
  }
  return witness
})
