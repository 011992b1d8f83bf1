/**
 * When the tuner looks for relief: what is watched, and from where on it presses.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import type { InstrumentName } from "../metric/Instruments.ts"
import type { Reading } from "../metric/Reading.ts"
import { type Bottleneck, bottleneckOf, fullest, type Limit, sinkBottleneck } from "./Bottleneck.ts"

/**
 * `queue`: how full the fullest mailbox is. `reading`: the largest series of a metric with these
 * labels, and what limits it. `sink`: the same, of a metric with the label `sink`.
 *
 * @category models
 * @since 0.1.0
 */
export type Signal =
  | { readonly kind: "queue" }
  | {
      readonly kind: "reading"
      readonly name: InstrumentName
      readonly labels: Readonly<Record<string, string>>
      readonly limit: Limit
    }
  | { readonly kind: "sink"; readonly name: InstrumentName }

/**
 * @category models
 * @since 0.1.0
 */
export interface TunerRule {
  readonly name: string
  /** What is watched, in words. */
  readonly says: string
  readonly signal: Signal
  /** Above it presses. */
  readonly over: number
  /** Up to here it is calm; in between nothing is done. */
  readonly calm: number
  readonly unit: string
}

/**
 * The rules that hold unless told otherwise.
 *
 * @param memoryBytesMax how much memory the process should have at most
 * @category constructors
 * @since 0.1.0
 */
export const tunerRules = (memoryBytesMax: number): ReadonlyArray<TunerRule> => [
  {
    name: "queue",
    says: "the fullest mailbox on the way of an event",
    signal: { kind: "queue" },
    over: 0.5,
    calm: 0.2,
    unit: "of its capacity",
  },
  {
    name: "log-sync",
    says: "the time of a group in the log (p95)",
    signal: {
      kind: "reading",
      name: "countersign_log_sync_seconds",
      labels: { quantile: "0.95" },
      limit: "disk",
    },
    // Events of the class standard are to be in the log within 50 ms.
    over: 0.05,
    calm: 0.02,
    unit: "s",
  },
  {
    name: "event-loop",
    says: "the delay of the event loop (p95)",
    signal: {
      kind: "reading",
      name: "countersign_process_event_loop_delay_seconds",
      labels: { quantile: "0.95" },
      limit: "processor",
    },
    over: 0.05,
    calm: 0.025,
    unit: "s",
  },
  {
    name: "memory",
    says: "the memory of the process",
    signal: {
      kind: "reading",
      name: "countersign_process_memory_bytes",
      labels: { area: "rss" },
      limit: "memory",
    },
    over: memoryBytesMax,
    calm: memoryBytesMax * 0.8,
    unit: "bytes",
  },
  {
    name: "sink-lag",
    says: "the oldest record that a sink has not taken",
    signal: { kind: "sink", name: "countersign_sink_oldest_seconds" },
    over: 60,
    calm: 10,
    unit: "s",
  },
]

/**
 * What a rule sees at a moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sight {
  readonly value: number
  readonly bottleneck: Bottleneck | undefined
}

const hasLabels = (reading: Reading, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => reading.labels[name] === value)

const largest = (
  readings: ReadonlyArray<Reading>,
  name: string,
  labels: Readonly<Record<string, string>>,
): Reading | undefined => {
  let found: Reading | undefined
  for (const reading of readings) {
    if (reading.name !== name || !Number.isFinite(reading.value)) continue
    if (!hasLabels(reading, labels)) continue
    if (found === undefined || reading.value > found.value) found = reading
  }
  return found
}

/**
 * What a rule sees now; `undefined` where there is nothing to be seen.
 *
 * @category getters
 * @since 0.1.0
 */
export const sight = (
  { signal }: TunerRule,
  readings: ReadonlyArray<Reading>,
  actors: ReadonlyArray<ActorSnapshot>,
): Sight | undefined => {
  if (signal.kind === "queue") {
    const value = fullest(actors)
    return value === undefined ? undefined : { value, bottleneck: bottleneckOf(actors) }
  }
  if (signal.kind === "sink") {
    const found = largest(readings, signal.name, {})
    return (
      found && {
        value: found.value,
        bottleneck: sinkBottleneck(actors, found.labels["sink"] ?? ""),
      }
    )
  }
  const found = largest(readings, signal.name, signal.labels)
  return found && { value: found.value, bottleneck: { actor: "process", limit: signal.limit } }
}
