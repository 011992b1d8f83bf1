/**
 * How many in the time up to an event, for many keys: a ring of counts for each.
 *
 * The window is cut into {@link partsOfWindow} parts that begin at whole multiples of their length,
 * so a count never covers more than the window, and covers at least eleven twelfths of it. Four
 * parts more are kept, so an event that comes late by up to a third of the window still counts
 * where it belongs, in every window that holds it. A key with an event that is later keeps its parts
 * for as long as events may be late, apart from the others.
 *
 * @since 0.1.0
 */
import { type Lateness, LateRows } from "./LateRows.ts"
import { grownFloats, grownWholes, type SlotTable } from "./SlotTable.ts"

/**
 * @category constants
 * @since 0.1.0
 */
export const partsOfWindow = 12

const ringLength = partsOfWindow + 4
const wholeMax = 2 ** 32 - 1
// Of all keys with late events together; each part takes some forty bytes.
const latePartsMax = 262_144
const lateRowsMin = 16
const lateRowsMax = 1024

/** The parts of one key that has late events, each by its number, and the newest of them. */
interface LateParts {
  readonly counts: Map<number, number>
  newest: number
}

/**
 * @category models
 * @since 0.1.0
 */
export class CountWindow {
  private readonly partMillis: number
  private counts = new Uint32Array(0)
  /** The number of the newest part of each row; 0 where nothing was counted yet. */
  private newest = new Float64Array(0)

  private readonly latePartsKept: number
  private readonly late: LateRows<LateParts>
  private readonly evidence: Lateness["evidence"]

  /** @param withinMillis length of the window */
  constructor(table: SlotTable, withinMillis: number, { evidence, latenessMillis }: Lateness) {
    this.partMillis = withinMillis / partsOfWindow
    this.evidence = evidence
    this.latePartsKept = partsOfWindow + Math.ceil(latenessMillis / this.partMillis) + 1
    const rows = Math.floor(latePartsMax / this.latePartsKept)
    this.late = new LateRows(table, Math.min(lateRowsMax, Math.max(lateRowsMin, rows)))
    table.onChange(
      (capacity) => {
        this.counts = grownWholes(this.counts, capacity * ringLength)
        this.newest = grownFloats(this.newest, capacity)
      },
      (row) => this.clear(row),
    )
  }

  /**
   * Counts, and answers with the largest count of any window that the event is in; 0 for an event
   * that comes later than events may.
   */
  add(row: number, atMillis: number, amount: number): number {
    const part = Math.floor(atMillis / this.partMillis)
    const newest = this.newest[row] ?? 0
    const isLate = newest - part > ringLength - partsOfWindow
    // Before it is counted below: what was counted so far is looked up.
    const late = isLate
      ? this.late.open(row, () => this.lateParts(row, newest))
      : this.late.find(row)
    const most = this.count(row, part, amount)
    return late === undefined ? most : this.countLate(late, part, amount)
  }

  private count(row: number, part: number, amount: number): number {
    const from = row * ringLength
    const { counts } = this
    let newest = this.newest[row] ?? 0
    if (part > newest) {
      if (part - newest >= ringLength) counts.fill(0, from, from + ringLength)
      else {
        for (let next = newest + 1; next <= part; next += 1) counts[from + (next % ringLength)] = 0
      }
      this.newest[row] = part
      newest = part
    } else if (newest - part >= ringLength) return 0
    const at = from + (part % ringLength)
    counts[at] = Math.min((counts[at] ?? 0) + amount, wholeMax)
    return this.largest(from, part, newest)
  }

  private largest(from: number, part: number, newest: number): number {
    let most = 0
    // In order there is one window to look at, the one that ends here.
    for (let end = part; end <= newest && end < part + partsOfWindow; end += 1) {
      const first = Math.max(end - partsOfWindow + 1, newest - ringLength + 1)
      let sum = 0
      for (let each = first; each <= end; each += 1) {
        sum += this.counts[from + (each % ringLength)] ?? 0
      }
      most = Math.max(most, sum)
    }
    return most
  }

  /** What a row has counted: as far back as evidence goes, and of late what its ring still has. */
  private lateParts(row: number, newest: number): LateParts {
    const counts = new Map<number, number>()
    this.evidence.visit(row, (atMillis, amount) => {
      const part = Math.floor(atMillis / this.partMillis)
      if (newest - part <= this.latePartsKept) counts.set(part, (counts.get(part) ?? 0) + amount)
    })
    for (let part = newest - ringLength + 1; part <= newest; part += 1) {
      const count = this.counts[row * ringLength + (part % ringLength)] ?? 0
      if (count > (counts.get(part) ?? 0)) counts.set(part, count)
    }
    return { counts, newest }
  }

  private countLate(late: LateParts, part: number, amount: number): number {
    const { counts } = late
    late.newest = Math.max(late.newest, part)
    const oldest = late.newest - this.latePartsKept
    if (part < oldest) return 0
    counts.set(part, (counts.get(part) ?? 0) + amount)
    if (counts.size > this.latePartsKept + partsOfWindow) {
      for (const each of counts.keys()) if (each < oldest) counts.delete(each)
    }
    let most = 0
    for (let end = part; end < part + partsOfWindow && end <= late.newest; end += 1) {
      let sum = 0
      for (let each = end - partsOfWindow + 1; each <= end; each += 1) sum += counts.get(each) ?? 0
      most = Math.max(most, sum)
    }
    return most
  }

  private clear(row: number): void {
    this.counts.fill(0, row * ringLength, (row + 1) * ringLength)
    this.newest[row] = 0
  }
}
