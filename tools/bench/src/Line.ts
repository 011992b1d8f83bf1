/** One line of the table, and what it was worked out from. */

/** What a line must reach. Both numbers are of the unit that is judged. */
export interface Goal {
  readonly direction: "atLeast" | "atMost"
  readonly least: number
  /** Absent where the goal has one number alone. */
  readonly aim?: number
  /** Behind the numbers in the table: `×`, `µs`, `MiB`. */
  readonly unit: string
}

/** A number with its unit, and whose it is. */
export interface Figure {
  readonly value: number
  readonly unit: string
}

/** Numbers of one round, all of them, so that everything else can be worked out again. */
export type Round = Readonly<Record<string, number>>

export interface Line {
  readonly name: string
  readonly title: string
  readonly ours: Figure
  /** What ours is compared with, or a control that shows what the machine does meanwhile. */
  readonly peer?: Figure & { readonly name: string }
  /** Ours / peer: the median over the rounds, and how far they lie apart. */
  readonly ratio?: { readonly median: number; readonly low: number; readonly high: number }
  /** The number that the goal speaks of. */
  readonly judged: number
  readonly goal: Goal
  readonly rounds: ReadonlyArray<Round>
  readonly notes: ReadonlyArray<string>
}

/** What a measurement is told. */
export interface Settings {
  readonly quick: boolean
  /** Length of what is sustained. Units: seconds. */
  readonly seconds: number
  /** A directory on a real disk, deleted afterwards. */
  readonly work: string
}

/** Lines that are measured together, in a process of their own. */
export interface Measurement {
  readonly name: string
  /** The table that it stands in where that is not the main one; measured only where either is named. */
  readonly table?: string
  /** Flags of Node for its process. */
  readonly flags?: ReadonlyArray<string>
  readonly run: (settings: Settings) => Promise<ReadonlyArray<Line>>
}

export type Verdict = "met" | "least met" | "short"

const reaches = (direction: Goal["direction"], value: number, bound: number): boolean =>
  direction === "atLeast" ? value >= bound : value <= bound

/** `met`: the aim, or the only number there is. A number that is none is short. */
export const verdictOf = ({ goal, judged }: Pick<Line, "goal" | "judged">): Verdict => {
  const { aim = goal.least, direction, least } = goal
  if (!reaches(direction, judged, least)) return "short"
  return reaches(direction, judged, aim) ? "met" : "least met"
}
