/**
 * What an engine says of its own run in the trail, held against what it counted.
 *
 * @since 0.1.0
 */
import { classes } from "../event/EventClass.ts"
import type { FoundRecord, Happening, History } from "./History.ts"

/** The engine's own records, by the opening record before them. */
const runsOf = (found: ReadonlyArray<FoundRecord>): ReadonlyMap<number, Array<FoundRecord>> => {
  const runs = new Map<number, Array<FoundRecord>>()
  let current: Array<FoundRecord> = []
  for (const record of found) {
    if (record.type === "audit.opened") {
      current = []
      runs.set(Number(record.data?.["fence"]), current)
    }
    if (record.type.startsWith("audit.")) current.push(record)
    // What follows is no part of this run, also if the next one's opening record was poison.
    if (record.type === "audit.closed") current = []
  }
  return runs
}

const sumOf = (
  records: ReadonlyArray<FoundRecord>,
  type: string,
  field: string,
  where: Readonly<Record<string, unknown>> = {},
): number =>
  records.reduce((sum, { data, type: found }) => {
    const fits = Object.entries(where).every(([name, value]) => data?.[name] === value)
    return found === type && fits ? sum + Number(data?.[field]) : sum
  }, 0)

/** Losses, drops and samplings that a closed run counted are in the trail, each by its count. */
export const lossesAreSaid = ({ found, happenings }: History): ReadonlyArray<string> => {
  const runs = runsOf(found)
  const fences = new Map(
    happenings.flatMap((each) => (each.what === "opened" ? [[each.process, each.fence]] : [])),
  )
  const dropped = happenings.reduce(
    (counts, each) =>
      each.what === "told" && each.told === "dropped"
        ? counts.set(each.process, (counts.get(each.process) ?? 0) + 1)
        : counts,
    new Map<number, number>(),
  )
  const closed = happenings.filter(
    (each): each is Extract<Happening, { what: "closed" }> => each.what === "closed",
  )
  // A batch on which the pool throws three times is given up, and it may hold the opening record.
  const defects = happenings.filter((each) => each.what === "fault" && each.fault === "stage pool")
  return closed.flatMap(({ accounts, process }) => {
    const records = runs.get(fences.get(process) ?? -1)
    if (records === undefined && defects.length >= 3) return []
    if (records?.at(-1)?.type !== "audit.closed") {
      return [`process ${process} closed, and its run does not end with that`]
    }
    return classes.flatMap((name) => {
      const account = accounts.find((each) => each.class === name)
      const lost = sumOf(records, "audit.lost", "count", { class: name, wasAccepted: true })
      const out = sumOf(records, "audit.lost", "count", { class: name, wasAccepted: false })
      const sampled = name === "telemetry" ? sumOf(records, "audit.sampled", "skipped") : 0
      const told = name === "telemetry" ? (dropped.get(process) ?? 0) : 0
      const pairs = [
        ["lost", account?.lost, lost],
        ["dropped", account?.dropped, out],
        ["told that it dropped", account?.dropped, told],
        ["sampled out", account?.sampledOut, sampled],
      ] as const
      return pairs.flatMap(([word, counted, said]) =>
        counted === said
          ? []
          : [`process ${process} counted ${counted} ${name} as ${word}, the trail has ${said}`],
      )
    })
  })
}
