/**
 * How the objects of a batch come out of columns: a source for each value of an object, which
 * gives that value of every record at once.
 *
 * A plan has sources where every record has its fields in the same places. Everything that
 * depends on what a record holds (counters, rules for views) is the record decoder's.
 *
 * @since 0.1.0
 */
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Step } from "../record/Step.ts"
import * as ColumnPlan from "./ColumnPlan.ts"

interface SourceBase {
  /** Values a record: the tables around it at their maximum. */
  readonly places: number
}

/** Cut out of the text of the whole batch. */
export interface TextSource extends SourceBase {
  readonly kind: "text"
  readonly step: Step
  /** Of each place, where it begins in a record's text. */
  readonly at: ReadonlyArray<number>
}

/** A column of a kernel, of whole numbers that a double holds. */
export interface NumberSource extends SourceBase {
  readonly kind: "number"
  readonly step: Step
  readonly column: ColumnPlan.ColumnSource
}

/** Read one by one. */
export interface CodecSource extends SourceBase {
  readonly kind: "codec"
  readonly step: Step
  readonly offsets: ReadonlyArray<number>
}

export interface GroupSource extends SourceBase {
  readonly kind: "group"
  readonly keys: ReadonlyArray<string>
  readonly members: ReadonlyArray<ObjectSource>
}

interface TableSource extends SourceBase {
  readonly kind: "table"
  readonly max: number
  readonly element: ObjectSource
}

/**
 * @category models
 * @since 0.1.0
 */
export type ObjectSource = TextSource | NumberSource | CodecSource | GroupSource | TableSource

/**
 * Bytes of the record that are text, and where their characters are in the record's text.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextRun {
  readonly from: number
  readonly width: number
  readonly at: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ObjectPlan {
  readonly root: GroupSource
  readonly runs: ReadonlyArray<TextRun>
  /** Characters of a record's text. */
  readonly textWidth: number
}

/** To translate a few bytes too many takes less than to begin again. */
const gapMost = 8

interface Span {
  readonly from: number
  readonly until: number
}

const runsOf = (spans: ReadonlyArray<Span>): ReadonlyArray<TextRun> => {
  const runs: Array<{ readonly from: number; until: number }> = []
  for (const { from, until } of spans.toSorted((one, other) => one.from - other.from)) {
    const last = runs.at(-1)
    if (last === undefined || from > last.until + gapMost) runs.push({ from, until })
    else last.until = Math.max(last.until, until)
  }
  let at = 0
  return runs.map(({ from, until }) => {
    const run = { from, width: until - from, at }
    at += run.width
    return run
  })
}

class Planner {
  private readonly isFirstOnly: boolean
  private readonly columns = new Map<Step, ColumnPlan.ColumnSource>()
  /** Whether something was found that a batch can't do. */
  isRefused = false
  readonly spans: Array<Span> = []
  readonly texts: Array<{ readonly offsets: ReadonlyArray<number>; readonly at: Array<number> }> =
    []

  constructor(plan: RecordPlan) {
    this.isFirstOnly = plan.options.redefines === "first"
    for (const source of ColumnPlan.make(plan)) this.columns.set(source.step, source)
  }

  group(step: Step, deltas: ReadonlyArray<number>): GroupSource {
    const keys: Array<string> = []
    const members: Array<ObjectSource> = []
    this.fill(step.steps, deltas, keys, members)
    return { kind: "group", places: deltas.length, keys, members }
  }

  private fill(
    steps: ReadonlyArray<Step>,
    deltas: ReadonlyArray<number>,
    keys: Array<string>,
    members: Array<ObjectSource>,
  ): void {
    for (const step of steps) {
      if (!step.isShown) continue
      if (step.kind === "cluster") this.fill(this.viewsOf(step), deltas, keys, members)
      else if (step.isDissolved) this.fill(step.steps, deltas, keys, members)
      else {
        keys.push(step.key)
        members.push(this.source(step, deltas))
      }
    }
  }

  /** Those that a record without a fault has. */
  private viewsOf(cluster: Step): ReadonlyArray<Step> {
    const shown = cluster.steps.filter(({ isShown }) => isShown)
    if (shown.some(({ rule }) => rule !== undefined)) this.isRefused = true
    return this.isFirstOnly ? shown.slice(0, 1) : shown
  }

  private source(step: Step, deltas: ReadonlyArray<number>): ObjectSource {
    const places = deltas.length
    switch (step.kind) {
      case "group":
        return this.group(step, deltas)
      case "table": {
        const { max = 1, stride = 0 } = step.table ?? {}
        const [element = step] = step.steps
        const inner = deltas.flatMap((delta) =>
          Array.from({ length: max }, (_, index) => delta + index * stride),
        )
        const source =
          element.kind === "group" ? this.group(element, inner) : this.source(element, inner)
        return { kind: "table", places, max, element: source }
      }
      case "text": {
        const offsets = deltas.map((delta) => delta + step.offset)
        for (const from of offsets) this.spans.push({ from, until: from + step.length })
        const at: Array<number> = []
        this.texts.push({ offsets, at })
        return { kind: "text", step, places, at }
      }
      case "zoned":
      case "packed":
      case "integer": {
        const column = this.columns.get(step)
        if (column?.form === "integer" && column.shape !== undefined) {
          return { kind: "number", step, places, column }
        }
        return this.codec(step, deltas)
      }
      case "cluster":
      case "field":
        return this.codec(step, deltas)
    }
  }

  private codec(step: Step, deltas: ReadonlyArray<number>): CodecSource {
    const offsets = deltas.map((delta) => delta + step.offset)
    return { kind: "codec", step, places: deltas.length, offsets }
  }
}

/**
 * The sources of a plan's objects; undefined where records have to be decoded one by one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (plan: RecordPlan): ObjectPlan | undefined => {
  const { options, root, slots } = plan
  if (slots > 0 || options.rawFields !== undefined) return undefined
  const planner = new Planner(plan)
  const group = planner.group(root, [0])
  if (planner.isRefused) return undefined
  const runs = runsOf(planner.spans)
  for (const { at, offsets } of planner.texts) {
    for (const offset of offsets) {
      const run = runs.findLast(({ from }) => from <= offset)
      at.push((run?.at ?? 0) + offset - (run?.from ?? 0))
    }
  }
  const textWidth = runs.reduce((sum, { width }) => sum + width, 0)
  return { root: group, runs, textWidth }
}
