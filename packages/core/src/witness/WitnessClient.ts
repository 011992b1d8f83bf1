/**
 * Asks witnesses to cosign a trail's newest checkpoint.
 *
 * - Source: C2SP tlog-witness, `add-checkpoint`.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Disk, DiskError } from "../platform/Disk.ts"
import { httpFailure, httpPost, shownUrl } from "../platform/HttpPost.ts"
import type { Checkpoint, CheckpointMalformed, SignedCheckpoint } from "../trail/Checkpoint.ts"
import { consistencyProof, rootAt, verifyConsistency } from "../trail/MerkleProof.ts"
import { isSameKey, type Rotation } from "../trail/Rotation.ts"
import { readRotations } from "../trail/RotationFiles.ts"
import {
  type NoteMalformed,
  type NoteSignature,
  parseSignature,
  type VerifierKey,
} from "../trail/SignedNote.ts"
import { TrailDamaged } from "../trail/TrailError.ts"
import { hashAtUnsafe, readCheckpoint, readFileOf } from "../trail/TrailReader.ts"
import { format } from "./AddCheckpoint.ts"
import { verifyCosignature } from "./Cosignature.ts"
import { parseAccepted } from "./FollowedKeys.ts"
import { skewSecondsMax, type WitnessTarget } from "./WitnessPolicy.ts"

/**
 * A witness that can't be reached, or has no answer now.
 *
 * @category errors
 * @since 0.1.0
 */
export class WitnessUnavailable extends Schema.TaggedError<WitnessUnavailable>(
  "@countersign/core/WitnessUnavailable",
)("WitnessUnavailable", {
  code: Schema.tag("AUD-3606"),
  isRetryable: Schema.tag(true),
  witness: Schema.String,
  url: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: witness ${this.witness} at ${this.url}: ${this.detail}`
  }
}

/**
 * A witness that does not serve this log, or answers what can't be believed.
 *
 * @category errors
 * @since 0.1.0
 */
export class WitnessRefused extends Schema.TaggedError<WitnessRefused>(
  "@countersign/core/WitnessRefused",
)("WitnessRefused", {
  code: Schema.tag("AUD-3607"),
  isRetryable: Schema.tag(false),
  witness: Schema.String,
  url: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: witness ${this.witness} at ${this.url}: ${this.detail}. It has to know the log's verifier key (countersign witness serve --log), and the policy its own`
  }
}

/**
 * A witness has seen another history than this trail's, or more of it.
 *
 * @category errors
 * @since 0.1.0
 */
export class HistoryContradicted extends Schema.TaggedError<HistoryContradicted>(
  "@countersign/core/HistoryContradicted",
)("HistoryContradicted", {
  code: Schema.tag("AUD-3608"),
  isRetryable: Schema.tag(false),
  witness: Schema.String,
  url: Schema.String,
  /** `rollback`: it has seen more entries; `fork`: it has seen others. */
  kind: Schema.Literals(["rollback", "fork"]),
  /** Entries under the trail's newest checkpoint. */
  size: Schema.Number,
  /** Entries that the witness has cosigned. */
  knownSize: Schema.Number,
}) {
  override get message(): string {
    const seen =
      this.kind === "rollback"
        ? `has cosigned ${this.knownSize} entries, and the trail has only ${this.size}: it was rolled back, or this is an older copy of it, which looks the same`
        : `has cosigned ${this.knownSize} entries that are not those of this trail: it was forked`
    return `${this.code}: witness ${this.witness} at ${this.url} ${seen}. Keep the directory as evidence, look for the rightful copy, and do not record into this one`
  }
}

/**
 * An answer over HTTP.
 *
 * @category models
 * @since 0.1.0
 */
export interface PostAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Sends a body, and gives the answer or why there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type Post = (url: string, body: string) => Effect.Effect<PostAnswer, string>

/**
 * @category models
 * @since 0.1.0
 */
export interface AskOptions {
  /** For each witness, all its answers together. */
  readonly timeoutMillis: number
  /** Default: over HTTP. */
  readonly post?: Post
  /** Told after each answer what has been said so far: a silent witness must not hold up the others'. */
  readonly heard?: (soFar: WitnessRound) => Effect.Effect<void, DiskError, Disk>
}

/**
 * What one witness has said.
 *
 * @category models
 * @since 0.1.0
 */
export type WitnessSaid = { readonly name: string } & (
  | { readonly signature: NoteSignature; readonly timeSeconds: number }
  | { readonly error: AskError }
)

/**
 * Why a witness has not cosigned. `TrailDamaged` and `DiskError` are the trail's own fault.
 *
 * @category errors
 * @since 0.1.0
 */
export type AskError =
  | WitnessUnavailable
  | WitnessRefused
  | HistoryContradicted
  | TrailDamaged
  | DiskError

/**
 * What all witnesses have said of one checkpoint.
 *
 * @category models
 * @since 0.1.0
 */
export interface WitnessRound {
  readonly signed: SignedCheckpoint
  readonly answers: ReadonlyArray<WitnessSaid>
}

const answerBytesMax = 64 * 1024
const triesMax = 3

const posted = async (url: string, text: string, signal: AbortSignal): Promise<PostAnswer> => {
  const headers = { "content-type": "text/plain; charset=utf-8" }
  const body = new TextEncoder().encode(text)
  const { bytes, status } = await httpPost(url, { body, headers, answerBytesMax, signal })
  return { status, body: bytes.toString("utf8") }
}

const postOverHttp: Post = (url, body) =>
  Effect.tryPromise({ try: (signal) => posted(url, body, signal), catch: httpFailure })

/**
 * The root of a trail's first `oldSize` entries, and the proof that its checkpoint continues
 * them, both from its tiles and checked against each other.
 *
 * - Errors: `TrailDamaged` where the tiles give no such proof.
 *
 * @param publishedSize entries under the trail's tiles, where the checkpoint is an older one
 * @category proofs
 * @since 0.1.0
 */
export const consistencyFrom = (
  directory: string,
  { root, size }: Checkpoint,
  oldSize: number,
  publishedSize = size,
): Effect.Effect<
  { readonly oldRoot: Uint8Array; readonly proof: ReadonlyArray<Uint8Array> },
  DiskError | TrailDamaged,
  Disk
> =>
  Effect.flatMap(Disk, (disk) =>
    // Synchronous: a dozen tiles at most, once a round.
    Effect.suspend(() => {
      try {
        const hashAt = hashAtUnsafe(directory, publishedSize, readFileOf(disk, directory))
        const oldRoot = rootAt(oldSize, hashAt)
        const proof = consistencyProof(oldSize, size, hashAt)
        if (verifyConsistency(oldSize, size, oldRoot, root, proof)) {
          return Effect.succeed({ oldRoot, proof })
        }
        const detail = `the tiles give no proof that its ${size} entries continue its first ${oldSize}`
        return Effect.fail(new TrailDamaged({ path: directory, detail }))
      } catch (error) {
        return error instanceof DiskError || error instanceof TrailDamaged
          ? Effect.fail(error)
          : Effect.die(error)
      }
    }),
  )

/** The cosignature in an answer, if it is by this witness, over this text and of now. */
const cosignatureIn = (
  { key }: WitnessTarget,
  { note }: SignedCheckpoint,
  body: string,
  nowSeconds: number,
): { readonly signature: NoteSignature; readonly timeSeconds: number } | string => {
  const lines = body.endsWith("\n") ? body.slice(0, -1).split("\n") : []
  const signatures = lines.flatMap((line) => parseSignature(line) ?? [])
  const signature = signatures.find(({ keyId, name }) => keyId === key.keyId && name === key.name)
  if (signature === undefined)
    return "its answer holds no cosignature by the key that it should have"
  const cosigned = verifyCosignature({ text: note.text, signatures: [signature] }, key)
  if (cosigned.verdict !== "valid") return "its cosignature is not over this checkpoint"
  const { timeSeconds } = cosigned
  return Math.abs(timeSeconds - nowSeconds) > skewSecondsMax
    ? `its clock says ${new Date(timeSeconds * 1000).toISOString()}, more than ${skewSecondsMax} s from this one`
    : { signature, timeSeconds }
}

/** Of an answer's text as much as a log or a terminal may see: it can come from anybody. */
const shownBody = (body: string): string =>
  body
    .slice(0, 200)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()

/** One witness, and what is needed to ask it about one trail. */
interface Asking {
  readonly directory: string
  readonly target: WitnessTarget
  /** Entries under the trail's tiles. */
  readonly publishedSize: number
  readonly post: Post
}

/** It takes none of the keys that have signed, and says which it takes. */
interface OtherKeys {
  readonly takes: ReadonlyArray<VerifierKey>
}

/** Submits one checkpoint to one witness. */
const submitOne = Effect.fnUntraced(function* (
  { directory, post, publishedSize, target }: Asking,
  signed: SignedCheckpoint,
  startSize: number,
) {
  const { name: witness, url } = target
  const { size } = signed.checkpoint
  const shown = shownUrl(url)
  const refused = (detail: string) => new WitnessRefused({ witness, url: shown, detail })
  const contradicted = (kind: "rollback" | "fork", knownSize: number) =>
    new HistoryContradicted({ witness, url: shown, kind, size, knownSize })
  let oldSize = Math.min(startSize, size)
  for (let tried = 0; tried < triesMax; tried += 1) {
    const { proof } = yield* consistencyFrom(directory, signed.checkpoint, oldSize, publishedSize)
    const request = format({ oldSize, proof, signed })
    const { body, status } = yield* post(`${url.replace(/\/+$/, "")}/add-checkpoint`, request).pipe(
      Effect.mapError((detail) => new WitnessUnavailable({ witness, url: shownUrl(url), detail })),
    )
    if (status === 200) {
      const now = yield* Clock.currentTimeMillis
      const found = cosignatureIn(target, signed, body, Math.floor(now / 1000))
      return typeof found === "string" ? yield* refused(found) : found
    }
    if (status === 422) return yield* contradicted("fork", oldSize)
    if (status >= 500 || status === 408 || status === 429) {
      return yield* new WitnessUnavailable({
        witness,
        url: shownUrl(url),
        detail: `it answers ${status}`,
      })
    }
    const takes = status === 403 ? parseAccepted(body) : []
    if (takes.length > 0) return { takes }
    if (status !== 409) return yield* refused(`it answers ${status}: ${shownBody(body)}`)
    const knownSize = /^(?:0|[1-9]\d{0,15})\n$/.test(body) ? Number(body) : NaN
    if (!Number.isSafeInteger(knownSize)) return yield* refused("it answers 409 without a size")
    if (knownSize > size) return yield* contradicted("rollback", knownSize)
    if (knownSize === oldSize) {
      return yield* oldSize === size
        ? contradicted("fork", knownSize)
        : refused("it answers 409 with the size that it was given")
    }
    oldSize = knownSize
  }
  const detail = "what it has seen changes with each answer"
  return yield* new WitnessUnavailable({ witness, url: shownUrl(url), detail })
})

/** The changes of the key from one of these keys on, oldest first. */
const rotationsFrom = (
  { directory, publishedSize }: Asking,
  keys: ReadonlyArray<VerifierKey>,
): Effect.Effect<ReadonlyArray<Rotation>, DiskError, Disk> =>
  Effect.map(readRotations(directory), ({ rotations }) => {
    const reached = rotations.filter(({ checkpoint }) => checkpoint.size <= publishedSize)
    const from = reached.findLastIndex(({ before }) => keys.some((key) => isSameKey(key, before)))
    return from < 0 ? [] : reached.slice(from)
  })

/** Submits the newest checkpoint, and before it the changes of the key that the witness has missed. */
const submit = Effect.fnUntraced(function* (
  asking: Asking,
  signed: SignedCheckpoint,
  startSize: number,
) {
  const { name: witness, url } = asking.target
  const first = yield* submitOne(asking, signed, startSize)
  if (!isOtherKeys(first)) return first
  const rotations = yield* rotationsFrom(asking, first.takes)
  let contradiction: HistoryContradicted | undefined
  let oldSize = startSize
  for (const rotation of rotations) {
    const shown = yield* submitOne(asking, rotation, oldSize).pipe(
      Effect.catchTag("HistoryContradicted", (error) => {
        // Another asker may have led it further: what it says of the newest checkpoint decides.
        contradiction = error
        return error.kind === "rollback" ? Effect.succeed(undefined) : Effect.fail(error)
      }),
    )
    if (shown !== undefined && !isOtherKeys(shown)) oldSize = rotation.checkpoint.size
  }
  const last = yield* submitOne(asking, signed, oldSize)
  if (!isOtherKeys(last)) return last
  if (contradiction !== undefined) {
    const { knownSize } = contradiction
    const { size } = signed.checkpoint
    const kind = knownSize > size ? "rollback" : "fork"
    return yield* new HistoryContradicted({ witness, url: shownUrl(url), kind, size, knownSize })
  }
  const detail = "it answers 403: it takes other keys, and no change of the key leads from there"
  return yield* new WitnessRefused({ witness, url: shownUrl(url), detail })
})

const isOtherKeys = (answer: object): answer is OtherKeys => "takes" in answer

/**
 * Whether a witness has seen more than it was shown, and no more than so many entries.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAhead = (answer: WitnessSaid, size: number): boolean =>
  "error" in answer &&
  answer.error._tag === "HistoryContradicted" &&
  answer.error.kind === "rollback" &&
  answer.error.knownSize <= size

/**
 * Asks all witnesses at once to cosign the newest checkpoint. `undefined` where there is none.
 *
 * - Errors: what keeps the checkpoint from being read; what a witness says is in the round.
 *
 * @param startSize what they have probably seen last; any size does, at the cost of a request
 * @category running
 * @since 0.1.0
 */
export const askWitnesses = Effect.fnUntraced(function* (
  directory: string,
  targets: ReadonlyArray<WitnessTarget>,
  { heard = () => Effect.void, post = postOverHttp, timeoutMillis }: AskOptions,
  startSize: number,
): Effect.fn.Return<
  WitnessRound | undefined,
  DiskError | NoteMalformed | CheckpointMalformed,
  Disk
> {
  let signed = yield* readCheckpoint(directory)
  let round: WitnessRound | undefined
  for (let tried = 0; signed !== undefined && tried < triesMax; tried += 1) {
    const asked: SignedCheckpoint = signed
    const soFar: Array<WitnessSaid> = []
    const answers = yield* Effect.forEach(
      targets,
      (target) =>
        answerOf(directory, target, asked, startSize, post, timeoutMillis).pipe(
          Effect.tap((answer) => {
            soFar.push(answer)
            return heard({ signed: asked, answers: soFar })
          }),
        ),
      { concurrency: "unbounded" },
    )
    round = { signed: asked, answers }
    // Another asker may have shown a witness more than this one had read.
    const newest = yield* readCheckpoint(directory)
    const newestSize = newest?.checkpoint.size ?? 0
    if (!answers.some((answer) => isAhead(answer, newestSize))) return round
    signed = newest
  }
  return round
})

const answerOf = (
  directory: string,
  target: WitnessTarget,
  signed: SignedCheckpoint,
  startSize: number,
  post: Post,
  timeoutMillis: number,
): Effect.Effect<WitnessSaid, never, Disk> => {
  const { name, url } = target
  const asking = { directory, target, publishedSize: signed.checkpoint.size, post }
  return submit(asking, signed, startSize).pipe(
    Effect.timeoutOrElse({
      duration: timeoutMillis,
      orElse: () =>
        new WitnessUnavailable({
          witness: name,
          url: shownUrl(url),
          detail: `no answer within ${timeoutMillis} ms`,
        }),
    }),
    Effect.result,
    Effect.map((result) =>
      Result.isSuccess(result) ? { name, ...result.success } : { name, error: result.failure },
    ),
  )
}
