/** Whether every accepted event of a class is somewhere, counted here and not believed. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"

export type AccountRow = Snapshot["ledger"][number]

/** Where accepted events are: the parts of the equation. */
export const places = ["recorded", "sampledOut", "lost", "inFlight"] as const
export type Place = (typeof places)[number]

export interface Balance {
  /** Accepted and in none of the places; below 0: in more than were accepted. */
  readonly missing: number
  readonly isBalanced: boolean
  /** What each place has of what was accepted: 0 to 1. */
  readonly shares: Readonly<Record<Place, number>>
}

type Counts = Pick<AccountRow, "accepted" | "missing" | Place>

export const balanceOf = (row: Counts): Balance => {
  const found = places.reduce((sum, place) => sum + row[place], 0)
  const missing = row.accepted - found
  const of = (place: Place): number =>
    row.accepted <= 0 ? 0 : Math.min(1, Math.max(0, row[place] / row.accepted))
  return {
    missing: missing === 0 ? row.missing : missing,
    isBalanced: missing === 0 && row.missing === 0,
    shares: {
      recorded: of("recorded"),
      sampledOut: of("sampledOut"),
      lost: of("lost"),
      inFlight: of("inFlight"),
    },
  }
}

const summed = ["accepted", ...places, "refused", "dropped", "missing", "perSecond"] as const
export type Totals = Readonly<Record<(typeof summed)[number], number>>

/** All classes together; a class with too many does not make up for one with too few. */
export const totalsOf = (rows: ReadonlyArray<AccountRow>): Totals => {
  const sum = (field: (typeof summed)[number]): number =>
    rows.reduce((all, row) => all + (field === "missing" ? Math.abs(row[field]) : row[field]), 0)
  return {
    accepted: sum("accepted"),
    recorded: sum("recorded"),
    sampledOut: sum("sampledOut"),
    lost: sum("lost"),
    inFlight: sum("inFlight"),
    refused: sum("refused"),
    dropped: sum("dropped"),
    missing: sum("missing"),
    perSecond: sum("perSecond"),
  }
}
