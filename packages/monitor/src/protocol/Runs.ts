/**
 * Places of a trail, of millions perhaps, in few bytes: how many entries do not pass, how many do, and
 * so on, as LEB128.
 *
 * @since 0.1.0
 */

const groupBits = 7
const groupSize = 2 ** groupBits
/** Eight groups hold every safe integer. */
const groupsMax = 8

/**
 * A run of places next to each other.
 *
 * @category models
 * @since 0.1.0
 */
export interface Run {
  readonly from: number
  /** The first place that is no longer part of it. */
  readonly to: number
}

const pushNumber = (bytes: Array<number>, value: number): void => {
  let rest = value
  while (rest >= groupSize) {
    bytes.push((rest % groupSize) + groupSize)
    rest = Math.floor(rest / groupSize)
  }
  bytes.push(rest)
}

/**
 * @param from where the first gap is counted from
 * @param runs in order, none empty, none touching the next
 * @category encoding
 * @since 0.1.0
 */
export const encode = (from: number, runs: Iterable<Run>): Uint8Array<ArrayBuffer> => {
  const bytes: Array<number> = []
  let at = from
  for (const run of runs) {
    pushNumber(bytes, run.from - at)
    pushNumber(bytes, run.to - run.from)
    at = run.to
  }
  return new Uint8Array(bytes)
}

/**
 * What {@link encode} was given; of bytes that are cut short, the runs that are whole.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (from: number, bytes: Uint8Array): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  let at = from
  let begin: number | undefined
  let value = 0
  let groups = 0
  for (const byte of bytes) {
    if (groups >= groupsMax) return runs
    value += (byte % groupSize) * 2 ** (groupBits * groups)
    groups += 1
    if (byte >= groupSize) continue
    at += value
    if (begin === undefined) begin = at
    else {
      runs.push({ from: begin, to: at })
      begin = undefined
    }
    value = 0
    groups = 0
  }
  return runs
}

/**
 * Places in order as runs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const runsOf = (sequences: Iterable<number>): ReadonlyArray<Run> => {
  const runs: Array<{ from: number; to: number }> = []
  for (const sequence of sequences) {
    const last = runs.at(-1)
    if (last?.to === sequence) last.to = sequence + 1
    else runs.push({ from: sequence, to: sequence + 1 })
  }
  return runs
}
