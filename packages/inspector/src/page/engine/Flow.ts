/** The way of an event as what is drawn: steps from left to right, and how full what is between them is. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { type ActorRow, fill, levelOf } from "./ActorRows.ts"
import { bytes, count, many } from "./Amount.ts"

/** The stages in the order in which an event passes them; one that is not known follows them. */
const pipeline: ReadonlyArray<string> = ["sample", "pool", "log", "tree", "publish"]

export interface Edge {
  /** `undefined`: there is no bound that it could fill. */
  readonly filled: number | undefined
  readonly level: "low" | "high" | "full"
  readonly text: string
}

export interface FlowStep {
  readonly id: string
  readonly title: string
  /** What lies before it, waiting for it. */
  readonly edge: Edge | undefined
  readonly actor: ActorRow | undefined
  readonly perSecond: number
  readonly details: ReadonlyArray<string>
  readonly sink: Snapshot["sinks"][number] | undefined
}

export interface Flow {
  readonly steps: ReadonlyArray<FlowStep>
  /** Each of them takes what is published for itself. */
  readonly sinks: ReadonlyArray<FlowStep>
}

const rowOf = ({ flow }: Snapshot, step: string) => flow.find((row) => row.step === step)

const accepted = (snapshot: Snapshot): FlowStep => {
  const { samplingRate, waiting } = snapshot.engine
  const row = rowOf(snapshot, "accepted")
  return {
    id: "accepted",
    title: "accepted",
    edge: undefined,
    actor: undefined,
    sink: undefined,
    perSecond: row?.perSecond ?? 0,
    details: [
      `${count(row?.total ?? 0)} in all`,
      ...(waiting > 0 ? [`${many(waiting, "caller")} waiting`] : []),
      ...(samplingRate < 1 ? [`${count(samplingRate * 100)} % of telemetry`] : []),
    ],
  }
}

const detailsOf = (snapshot: Snapshot, id: string): ReadonlyArray<string> => {
  const { slabs, slabsMax, walSegments } = snapshot.engine
  if (id === "pool") return [`${count(slabs)} of ${many(slabsMax, "slab")}`]
  if (id === "log")
    return [
      `${count(rowOf(snapshot, "durable")?.total ?? 0)} durable`,
      many(walSegments, "segment"),
    ]
  if (id === "publish") {
    const row = rowOf(snapshot, "published")
    return [`${count(row?.total ?? 0)} published`, `${count(row?.behind ?? 0)} not yet`]
  }
  return []
}

/** Before log and publish, what passes is entries; elsewhere it is batches, which say little. */
const rateOf = (snapshot: Snapshot, actor: ActorRow): number => {
  const step = actor.id === "log" ? "durable" : actor.id === "publish" ? "published" : undefined
  return (step === undefined ? undefined : rowOf(snapshot, step)?.perSecond) ?? actor.perSecond
}

/** `12 of 12 wait, 900 B` */
const waitingInWords = ({
  capacityItems,
  depthBytes,
  depthItems,
}: NonNullable<ActorRow["mailbox"]>): string => {
  const room = capacityItems > 0 ? ` of ${count(capacityItems)}` : ""
  return `${count(depthItems)}${room} wait${depthItems === 0 ? "" : `, ${bytes(depthBytes)}`}`
}

const stageStep = (snapshot: Snapshot, actor: ActorRow): FlowStep => ({
  id: actor.id,
  title: actor.id,
  edge:
    actor.mailbox === null
      ? undefined
      : { filled: fill(actor), level: levelOf(fill(actor)), text: waitingInWords(actor.mailbox) },
  actor,
  sink: undefined,
  perSecond: rateOf(snapshot, actor),
  details: detailsOf(snapshot, actor.id),
})

/** A sink's queue is the trail, which has no end: how long the oldest has waited is what counts. */
const lagLevel = (oldestMillis: number): Edge["level"] =>
  oldestMillis >= 10_000 ? "full" : oldestMillis >= 1000 ? "high" : "low"

const sinkStep = (snapshot: Snapshot, sink: Snapshot["sinks"][number]): FlowStep => ({
  id: `sink:${sink.sink}`,
  title: sink.sink,
  edge: {
    filled: undefined,
    level: lagLevel(sink.oldestMillis),
    text: sink.lag === 0 ? "0 behind" : `${count(sink.lag)} behind · ${bytes(sink.lagBytes)}`,
  },
  actor: snapshot.actors.find(({ id }) => id === `sink:${sink.sink}`),
  sink,
  perSecond: sink.perSecond,
  details: [
    `${count(sink.delivered)} delivered`,
    sink.isRequired ? "required" : "best effort",
    ...(sink.circuit === "closed" ? [] : [`circuit ${sink.circuit}`]),
    ...(sink.openLetters > 0 ? [many(sink.openLetters, "open dead letter")] : []),
  ],
})

export const flowOf = (snapshot: Snapshot): Flow => {
  const stages = snapshot.actors.filter(({ kind }) => kind === "stage")
  const place = ({ id }: ActorRow) =>
    (pipeline.indexOf(id) + pipeline.length + 1) % (pipeline.length + 1)
  return {
    steps: [
      accepted(snapshot),
      ...stages
        .toSorted((one, other) => place(one) - place(other))
        .map((actor) => stageStep(snapshot, actor)),
    ],
    sinks: snapshot.sinks.map((sink) => sinkStep(snapshot, sink)),
  }
}
