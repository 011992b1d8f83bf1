/**
 * The places of all events that a filter lets through, as far as they were looked for: which one is
 * the millionth, and how many come before a place. They stay as the runs that came over the wire.
 */
import type { Damage } from "@countersign/monitor/protocol/Damage"
import type { FoundPart } from "@countersign/monitor/protocol/FoundEvents"
import * as Runs from "@countersign/monitor/protocol/Runs"

interface Segment {
  readonly from: number
  readonly to: number
  readonly bytes: Uint8Array
  readonly count: number
}

interface Opened {
  readonly runs: ReadonlyArray<Runs.Run>
  /** How many events lie before each run. */
  readonly before: ReadonlyArray<number>
}

/** Segments are joined up to here, so that a trail that grows for hours has few. Units: bytes. */
const segmentBytesMax = 16_384
const openedMax = 8
const damageMax = 1000

const countOf = (runs: ReadonlyArray<Runs.Run>): number =>
  runs.reduce((sum, { from, to }) => sum + to - from, 0)

const joinRuns = (first: ReadonlyArray<Runs.Run>, second: ReadonlyArray<Runs.Run>) => {
  const last = first.at(-1)
  const next = second[0]
  return last !== undefined && next !== undefined && last.to === next.from
    ? [...first.slice(0, -1), { from: last.from, to: next.to }, ...second.slice(1)]
    : [...first, ...second]
}

const join = (one: Segment, other: Segment): Segment => {
  const runs = joinRuns(Runs.decode(one.from, one.bytes), Runs.decode(other.from, other.bytes))
  return {
    from: one.from,
    to: other.to,
    bytes: Runs.encode(one.from, runs),
    count: one.count + other.count,
  }
}

const isSmall = (one: Segment | undefined, other: Segment): one is Segment =>
  one !== undefined && one.bytes.length + other.bytes.length <= segmentBytesMax

/** The first index for which it holds, of those for which it holds from some index on. */
const firstWhere = (length: number, holds: (index: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

export class FoundPlaces {
  /** What was looked at. */
  from = 0
  to = 0
  /** Published entries. */
  size = 0
  isStarted = false
  damage: ReadonlyArray<Damage> = []
  private segments: ReadonlyArray<Segment> = []
  private starts: ReadonlyArray<number> = []
  private readonly opened = new Map<Segment, Opened>()

  clear(): void {
    this.isStarted = false
    this.segments = []
    this.starts = []
    this.damage = []
    this.opened.clear()
    this.from = 0
    this.to = 0
    this.size = 0
  }

  add(part: FoundPart): void {
    if (part.isAnew) this.clear()
    const { from, runs: bytes, size, to } = part
    this.size = size
    this.damage = [...this.damage, ...part.damage].slice(0, damageMax)
    const segment = { from, to, bytes, count: countOf(Runs.decode(from, bytes)) }
    if (!this.isStarted) {
      this.isStarted = true
      this.from = from
      this.to = to
      this.put([segment])
    } else if (from >= this.to) {
      const last = this.segments.at(-1)
      const rest = this.segments.slice(0, -1)
      this.put(
        isSmall(last, segment) ? [...rest, join(last, segment)] : [...this.segments, segment],
      )
      this.to = to
    } else if (to <= this.from) {
      const [first, ...rest] = this.segments
      this.put(
        isSmall(first, segment) ? [join(segment, first), ...rest] : [segment, ...this.segments],
      )
      this.from = from
    }
  }

  /** What is known now, whatever is found later. */
  copy(): FoundPlaces {
    const copied = new FoundPlaces()
    copied.put(this.segments)
    return copied
  }

  private put(segments: ReadonlyArray<Segment>): void {
    let sum = 0
    this.segments = segments
    this.starts = segments.map(({ count }) => {
      const start = sum
      sum += count
      return start
    })
  }

  private open(segment: Segment): Opened {
    const there = this.opened.get(segment)
    if (there !== undefined) return there
    const runs = Runs.decode(segment.from, segment.bytes)
    let sum = 0
    const before = runs.map(({ from, to }) => {
      const start = sum
      sum += to - from
      return start
    })
    if (this.opened.size >= openedMax) {
      const oldest = this.opened.keys().next().value
      if (oldest !== undefined) this.opened.delete(oldest)
    }
    const made = { runs, before }
    this.opened.set(segment, made)
    return made
  }

  /** Events found so far. */
  get count(): number {
    return (this.starts.at(-1) ?? 0) + (this.segments.at(-1)?.count ?? 0)
  }

  /** The place of the event that so many come before; `undefined`: there are not so many. */
  at(rank: number): number | undefined {
    if (rank < 0 || rank >= this.count) return undefined
    const index = firstWhere(this.starts.length, (at) => (this.starts[at] ?? 0) > rank) - 1
    const segment = this.segments[index]
    if (segment === undefined) return undefined
    const { before, runs } = this.open(segment)
    const within = rank - (this.starts[index] ?? 0)
    const run = firstWhere(before.length, (at) => (before[at] ?? 0) > within) - 1
    const found = runs[run]
    return found === undefined ? undefined : found.from + within - (before[run] ?? 0)
  }

  /** How many events come before a place. */
  rankOf(sequence: number): number {
    const index = firstWhere(this.segments.length, (at) => (this.segments[at]?.to ?? 0) > sequence)
    const segment = this.segments[index]
    if (segment === undefined) return this.count
    const { before, runs } = this.open(segment)
    const run = firstWhere(runs.length, (at) => (runs[at]?.to ?? 0) > sequence)
    const start = this.starts[index] ?? 0
    const found = runs[run]
    if (found === undefined) return start + segment.count
    return start + (before[run] ?? 0) + Math.max(0, sequence - found.from)
  }
}
