/**
 * What a viewer checks a trail with by itself: notes, keys and the bytes of entries, as they lie
 * in the trail. Nothing here was judged by the server. Bytes are in base64.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const whole = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/**
 * Which checkpoint a viewer has seen.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CheckpointQuestion = Schema.Struct({
  /** The size of a tree that must have been continued; 0: of none. */
  seen: whole,
  /** By the tree of this size. Default: by the newest one. */
  size: Schema.optionalKey(whole),
})

/**
 * The newest checkpoint.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CheckpointFound = Schema.Struct({
  /** The signed note; empty where there is none yet. */
  checkpoint: Schema.String,
  /** That the tree of the size `seen` is its beginning (RFC 6962, section 2.1.2). */
  hashes: Schema.Array(Schema.String),
  /** Why there are no hashes, where there should be some. */
  problem: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type CheckpointFound = typeof CheckpointFound.Type

/**
 * Which rotation notes: those of sizes above `after`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const KeysQuestion = Schema.Struct({ after: whole })

/**
 * The keys that the server knows of; a viewer that trusts nobody remembers the first one it saw.
 *
 * @category schemas
 * @since 0.1.0
 */
export const KeysFound = Schema.Struct({
  /** In the form of C2SP signed-note; empty where nobody knows it. */
  verifierKey: Schema.String,
  /** Of that key: the running engine's own, or a file beside the trail. */
  source: Schema.Literals(["engine", "beside", "none"]),
  /** Signed notes, ascending by size, and the size that each lies at. */
  rotations: Schema.Array(Schema.Struct({ size: Schema.Number, note: Schema.String })),
  /** The `after` of the next part; `null`: these were the last. */
  next: Schema.NullOr(Schema.Number),
})

/**
 * @category models
 * @since 0.1.0
 */
export type KeysFound = typeof KeysFound.Type

/**
 * Which bytes of a trail's bundles.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BundlesQuestion = Schema.Struct({
  /** Of the tree that is looked at: it says how wide the last bundle is. */
  size: whole,
  bundle: whole,
  /** From where on in that bundle. Units: bytes. */
  offset: whole,
})

/**
 * Some bytes of one bundle of 256 entries, as C2SP tlog-tiles lays them out, not compressed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BundlePiece = Schema.Struct({
  bundle: Schema.Number,
  offset: Schema.Number,
  bytes: Schema.String,
  /** Length of the whole bundle. Units: bytes. */
  total: Schema.Number,
  /** With the last piece of a bundle: the hashes that the trail's tile holds for its entries. */
  tile: Schema.String,
  /** Why the bundle, or its tile, can't be read. */
  problem: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type BundlePiece = typeof BundlePiece.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const BundlesFound = Schema.Struct({
  pieces: Schema.Array(BundlePiece),
  /** Where to go on; `null` at the end of the tree. */
  next: Schema.NullOr(Schema.Struct({ bundle: Schema.Number, offset: Schema.Number })),
})

/**
 * @category models
 * @since 0.1.0
 */
export type BundlesFound = typeof BundlesFound.Type

/**
 * What another store holds for an entry of the trail.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CopyFound = Schema.Struct({
  /** Of the store, such as `PostgreSQL`. */
  name: Schema.String,
  /** `null`: it holds nothing for this entry, or can't be asked. */
  entry: Schema.NullOr(Schema.String),
  /** What else is to be said of it, such as columns that differ or why it can't be asked. */
  detail: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type CopyFound = typeof CopyFound.Type
