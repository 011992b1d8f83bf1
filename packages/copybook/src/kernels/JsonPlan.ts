/**
 * How records become lines of JSON, as the kernels read it: operations of 16 words of 32 bits.
 *
 * Words: 0 kind; 1 and 2 where the bytes lie that are written first, and how many; 3 the offset
 * in the record, tables at their maximum; then by kind
 *
 * - text: 4 width, 5 pairs, 6 characters, 7 trim, 8 blank
 * - zoned: 4 digits, 5 zone, 6 signs, 7 lane of the sign, 8 scale, 9 flags, 10 a separate sign's
 *   place from the first digit or −128, 12 counter
 * - packed: 4 width, 5 signs that are valid and, 16 bits up, those that mean minus, 8 scale,
 *   9 flags, 12 counter
 * - binary: 4 width, 8 scale, 9 flags, 10 and 11 greatest magnitude or 0, 12 counter
 * - loop: 4 stride, 5 most, 6 the operation behind its end, 7 counter or −1, 9 flags, and 10 the
 *   fewest
 * - next, which ends a loop: 4 its loop, 9 flags
 * - external: 5 where 8 bytes a record say where its value lies and how long it is; a length of
 *   {@link none} is no value
 * - cluster, which begins views of the same bytes: nothing more
 * - view: 4 whether another one that fits makes it superfluous, 5 where a byte a record says whether
 *   it holds, or 0, 6 the operation behind its end
 * - viewEnd: 4 how much shorter it is than the longest, 7 whether a view with faults is taken back
 * - clusterEnd: 4 whether what follows moves with the longest view that holds
 *
 * and 13 {@link guards}; 14 where a guarded field ends, from its offset.
 *
 * @since 0.1.0
 */

/**
 * @category constants
 * @since 0.1.0
 */
export const kinds = {
  literal: 0,
  text: 1,
  zoned: 2,
  packed: 3,
  binary: 4,
  loop: 5,
  next: 6,
  external: 7,
  cluster: 8,
  view: 9,
  viewEnd: 10,
  clusterEnd: 11,
} as const

/**
 * @category constants
 * @since 0.1.0
 */
export const flags = {
  quoted: 1,
  short: 2,
  silent: 4,
  signed: 8,
  padded: 16,
  signNibble: 32,
  little: 64,
  moves: 128,
} as const

/**
 * What is not so with every field: `elides` the comma before it where nothing stands before it;
 * `checks` that the record is long enough; faulty values, or those beyond the record's end, become
 * `null` (`nullsBad`, `nullsShort`) and may make a fault of their view (`faults`); `opened` says that
 * a quotation mark stands before the value already.
 *
 * @category constants
 * @since 0.1.0
 */
export const guards = {
  elides: 1,
  checks: 2,
  nullsBad: 4,
  nullsShort: 8,
  faults: 16,
  opened: 32,
} as const

/** A word that says: none. */
export const none: number = 0xffffffff

/** Limits of the state that a walk keeps. */
export const limits: { readonly counters: 32; readonly depth: 16; readonly clusters: 4 } = {
  counters: 32,
  depth: 16,
  clusters: 4,
}

/** Why a walk stopped before the last record. */
export const reasons: { readonly done: 0; readonly full: 1; readonly notPlain: 2 } = {
  done: 0,
  full: 1,
  notPlain: 2,
}

/**
 * Words before the operations: the shortest and longest record, the longest line, how many
 * operations, and 1 where counters and views have to explain the record's length, 2 where it may not
 * be longer than they say.
 */
export const headWords = 8

/** Units: words. */
export const opWords = 16

/** Where in the state things lie, and how large it is. Units: bytes. */
export const state: {
  readonly out: 0
  readonly reason: 4
  readonly counters: 64
  readonly clusters: 192
  readonly loops: 320
  readonly scratch: 640
  readonly bytes: 768
} = { out: 0, reason: 4, counters: 64, clusters: 192, loops: 320, scratch: 640, bytes: 768 }
