/**
 * What an engine says of its own run in the trail, held against what it counted.
 *
 * @since 0.1.0
 */
import { classes } from "../event/EventClass.ts"
import type { FoundRecord, Happening, History } from "./History.ts"

type Opened = Extract<Happening, { what: "opened" }>

const poisonAfter = 3

const isOpened = (each: Happening): each is Opened => each.what === "opened"

const opens = ({ data, type }: FoundRecord, { fence }: Opened): boolean =>
  type === "audit.opened" && Number(data?.["fence"]) === fence

/** The engine's own records of one run, found by where it began: its opening record may be poison. */
const runOf = ({ found, happenings }: History, opened: Opened): ReadonlyArray<FoundRecord> => {
  const next = happenings.slice(happenings.indexOf(opened) + 1).find(isOpened)
  const since = found.slice(opened.size, next?.size)
  // A process that died while it opened the trail may follow, and was never noted.
  const other = since.findIndex((each) => each.type === "audit.opened" && !opens(each, opened))
  const until = other < 0 ? since : since.slice(0, other)
  const closed = until.findIndex(({ type }) => type === "audit.closed")
  const run = closed < 0 ? until : until.slice(0, closed + 1)
  return run.filter(({ type }) => type.startsWith("audit."))
}

/** Whether a stage threw often enough for it to give a batch up, and the opening record with it. */
const mayBePoison = (happenings: ReadonlyArray<Happening>): boolean =>
  ["stage sample", "stage pool"].some(
    (stage) =>
      happenings.filter((each) => each.what === "fault" && each.fault === stage).length >=
      poisonAfter,
  )

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
export const lossesAreSaid = (history: History): ReadonlyArray<string> => {
  const { happenings } = history
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
  return closed.flatMap((end) => {
    const { accounts, process } = end
    const opened = happenings.filter(isOpened).find((each) => each.process === process)
    if (opened === undefined) return [`process ${process} closed, and was never opened`]
    const records = runOf(history, opened)
    const during = happenings.slice(happenings.indexOf(opened), happenings.indexOf(end))
    if (!records.some((each) => opens(each, opened)) && !mayBePoison(during)) {
      return [`process ${process} closed, and its run does not begin with its opening`]
    }
    if (records.at(-1)?.type !== "audit.closed") {
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
