/**
 * All figures of a running engine and the application around it, in one place.
 *
 * The engine is asked once an interval for what it knows of itself; nothing is put in the way of an
 * event. Applications count into plain objects of their own.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import { Disk } from "@countersign/core/platform/Disk"
import { type DiskSpace, spaceOf } from "@countersign/core/platform/DiskSpace"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { cosignedName, readCosigned } from "@countersign/core/witness/CosignedCheckpoint"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DiskHeadroom } from "./DiskHeadroom.ts"
import { EngineAges } from "./EngineAges.ts"
import { engineSamples } from "./EngineMetrics.ts"
import { instrument } from "./Instruments.ts"
import { MetricExport } from "./MetricExport.ts"
import {
  type FirstFailure,
  type MetricListener,
  type MetricSource,
  MetricSources,
} from "./MetricSources.ts"
import { ProcessMetrics } from "./ProcessMetrics.ts"
import type { Labels, Reading, Readings } from "./Reading.ts"
import { type Counter, type Gauge, Recorder } from "./Recorder.ts"
import { readingsOf, type Sample, sampleOf, withoutRepeats } from "./Sample.ts"
import { type MetricOptions, SeriesRegistry } from "./SeriesRegistry.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MetricsOptions {
  /** How often the engine is asked. Default: each second. */
  readonly interval?: Duration.Input
  /** How often the disk and the witnesses' file are looked at. Default: each 5 seconds. */
  readonly diskInterval?: Duration.Input
  /** Most series of one metric of the application's. Default 200. Bounds: at least 1. */
  readonly seriesMax?: number
  /** How much room the trail's disk has. Default: the system is asked. */
  readonly space?: (directory: string) => Effect.Effect<DiskSpace, unknown>
}

/**
 * @category services
 * @since 0.1.0
 */
export class Metrics extends Context.Service<
  Metrics,
  {
    /**
     * A counter of the application's own, the same one for the same name and labels. Throws
     * `MetricInvalid` where the name is none, or is another metric's.
     */
    readonly counter: (name: string, labels?: Labels, options?: MetricOptions) => Counter
    /** As `counter`, for a number that goes up and down. */
    readonly gauge: (name: string, labels?: Labels, options?: MetricOptions) => Gauge
    /** As `counter`, for how large values are: times in seconds, unless another unit is given. */
    readonly recorder: (name: string, labels?: Labels, options?: MetricOptions) => Recorder
    /**
     * All figures now. Synchronous, in about a millisecond: for each second, not for each event.
     */
    readonly read: () => Readings
    /**
     * Takes up in each reading what another part says then. Returns what ends it. One that throws
     * says nothing in that reading, is counted, and is logged the first time. Of series that there
     * are already the first is kept.
     */
    readonly source: (samples: MetricSource) => () => void
    /**
     * Called with each reading that the interval brings. Returns what ends it. One that throws
     * keeps nothing from the others, is counted, and is logged the first time.
     */
    readonly subscribe: (listener: MetricListener) => () => void
  }
>()("@countersign/monitor/metric/Metrics") {
  /** The figures of the engine, as long as the layer lives; also in Effect's registry of metrics. */
  static readonly layer = (options: MetricsOptions = {}): Layer.Layer<Metrics, never, Audit> =>
    Layer.effect(this, make(options)).pipe(Layer.provide(NodeDisk.layer))
}

const readInstrument = instrument("countersign_metrics_read_seconds")
const seriesInstrument = instrument("countersign_metrics_series")
const repeatedInstrument = instrument("countersign_metrics_series_repeated")
const overflowInstrument = instrument("countersign_metrics_overflow_total")
const logInstrument = instrument("countersign_log_sync_seconds")
const publishInstrument = instrument("countersign_publish_seconds")
const freeInstrument = instrument("countersign_disk_free_bytes")
const sizeInstrument = instrument("countersign_disk_size_bytes")
const headroomInstrument = instrument("countersign_disk_headroom_seconds")
const witnessAgeInstrument = instrument("countersign_witness_age_seconds")
const witnessLagInstrument = instrument("countersign_witness_lag_entries")

/** The engine's two times, over the last minute beside the whole. */
const engineTimes = (audit: Audit["Service"], nowMillis: number) => {
  const log = new Recorder("seconds", nowMillis)
  const publish = new Recorder("seconds", nowMillis)
  log.adopt(audit.times.log)
  publish.adopt(audit.times.publish)
  const end = audit.times.listen((which, micros) =>
    (which === "log" ? log : publish).record(micros / 1e6),
  )
  return {
    end,
    turn: (now: number): void => {
      log.turn(now)
      publish.turn(now)
    },
    samples: (now: number): ReadonlyArray<Sample> => [
      sampleOf(logInstrument, log.summary(now)),
      sampleOf(publishInstrument, publish.summary(now)),
    ],
  }
}

/** What lies on the disk and is looked at less often than memory is. */
const diskWatch = (
  directory: string,
  disk: Disk["Service"],
  space: NonNullable<MetricsOptions["space"]>,
) => {
  const headroom = new DiskHeadroom()
  let room: DiskSpace | undefined
  let witnessed: { readonly size: number; readonly atMillis: number } | undefined
  const look = Effect.gen(function* () {
    const now = monotonicMillis(yield* Clock.clockWith(Effect.succeed))
    // What can't be read is absent from the figures, which is a thing to see.
    room = yield* Effect.orElseSucceed(space(directory), () => undefined)
    if (room !== undefined) headroom.add(now, room.freeBytes)
    witnessed = yield* Effect.orElseSucceed(cosigned(directory), () => undefined)
  }).pipe(Effect.provideService(Disk, disk))
  const samples = (nowMillis: number, publishedSize: number): ReadonlyArray<Sample> => {
    const { seconds } = headroom
    return [
      ...(room === undefined
        ? []
        : [
            sampleOf(freeInstrument, room.freeBytes),
            sampleOf(sizeInstrument, room.totalBytes),
            ...(seconds === undefined ? [] : [sampleOf(headroomInstrument, seconds)]),
          ]),
      ...(witnessed === undefined
        ? []
        : [
            sampleOf(witnessAgeInstrument, Math.max(0, nowMillis - witnessed.atMillis) / 1000),
            sampleOf(witnessLagInstrument, Math.max(0, publishedSize - witnessed.size)),
          ]),
    ]
  }
  return { look, samples }
}

const cosigned = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const status = yield* disk.status(`${directory}/${cosignedName}`)
  const found = yield* readCosigned(directory)
  return status === undefined || found === undefined
    ? undefined
    : { size: found.checkpoint.size, atMillis: status.modifiedMillis }
})

/** Runs again and again; what goes wrong once is said, and tried again the next time. */
const every = (interval: Duration.Input, step: Effect.Effect<void>): Effect.Effect<never> =>
  Effect.forever(
    Effect.andThen(
      Effect.ignoreCause(step, { log: "Warn", message: "countersign: metrics could not be read" }),
      Effect.sleep(interval),
    ),
  )

/** What is asked in a reading, in the order of the table. */
interface Asked {
  readonly audit: Audit["Service"]
  readonly clock: Clock.Clock
  readonly times: ReturnType<typeof engineTimes>
  readonly disk: ReturnType<typeof diskWatch>
  readonly processes: ProcessMetrics
  readonly registry: SeriesRegistry
  /** What other parts of the monitor say. */
  readonly sources: MetricSources
}

/** Puts readings together, and says what that costs. */
class Collector {
  private readonly asked: Asked
  private readonly reading: Recorder
  private readonly ages = new EngineAges()

  constructor(asked: Asked) {
    this.asked = asked
    this.reading = new Recorder("seconds", monotonicMillis(asked.clock))
  }

  /** Closes the time that shares and histograms are over. Each interval, and by nobody else. */
  turn(): void {
    const { audit, clock, processes, registry, times } = this.asked
    const now = monotonicMillis(clock)
    for (const each of [times, processes, registry, this.reading]) each.turn(now)
    this.ages.look(now, audit.status(), audit.actors())
  }

  samples(): ReadonlyArray<Sample> {
    const { audit, clock, disk, processes, registry, sources, times } = this.asked
    const from = monotonicMillis(clock)
    const now = clock.currentTimeMillisUnsafe()
    const [status, actors] = [audit.status(), audit.actors()]
    const own = [
      ...engineSamples(status, actors, now),
      ...this.ages.samples(from, status, actors),
      ...times.samples(from),
      ...disk.samples(now, status.publishedSize),
      ...processes.samples(from),
      ...registry.samples(from),
      ...sources.failureSamples(),
      sampleOf(overflowInstrument, registry.overflow.value),
      sampleOf(readInstrument, this.reading.summary(from)),
    ]
    const { left, samples } = withoutRepeats(own, sources.samples())
    this.reading.record((monotonicMillis(clock) - from) / 1000)
    return [
      ...samples,
      sampleOf(repeatedInstrument, left),
      sampleOf(seriesInstrument, samples.length + 2),
    ]
  }

  readings(samples = this.samples()): Readings {
    return {
      atMillis: this.asked.clock.currentTimeMillisUnsafe(),
      readings: samples.flatMap((sample): ReadonlyArray<Reading> => readingsOf(sample)),
    }
  }
}

const logged = ({ cause, part }: FirstFailure): Effect.Effect<void> =>
  Effect.logWarning(
    `countersign: a ${part} of metrics threw; it is asked again, and the next time is only counted`,
    Cause.die(cause),
  )

const make = Effect.fnUntraced(function* (options: MetricsOptions) {
  const { diskInterval = "5 seconds", interval = "1 second", seriesMax = 200 } = options
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  const forward = (): number => monotonicMillis(clock)
  const registry = new SeriesRegistry(forward, Math.max(1, seriesMax))
  const exported = new MetricExport(yield* Effect.context())
  const processes = new ProcessMetrics(forward())
  const times = engineTimes(audit, forward())
  const { directory } = audit.status()
  const disk = diskWatch(directory, yield* Disk, options.space ?? spaceOf)
  const sources = new MetricSources()
  const collector = new Collector({ audit, clock, times, disk, processes, registry, sources })
  const tick = Effect.suspend(() => {
    collector.turn()
    const samples = collector.samples()
    exported.show(samples)
    if (sources.hasListeners) sources.tell(collector.readings(samples))
    return Effect.forEach(sources.firstFailures(), logged, { discard: true })
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      times.end()
      processes.end()
      exported.end()
    }),
  )
  if (directory !== "") yield* Effect.forkScoped(every(diskInterval, disk.look))
  yield* Effect.forkScoped(every(interval, tick), { startImmediately: true })
  return Metrics.of({
    counter: (...given) => registry.counter(...given),
    gauge: (...given) => registry.gauge(...given),
    recorder: (...given) => registry.recorder(...given),
    read: () => collector.readings(),
    source: (samples) => sources.add(samples),
    subscribe: (listener) => sources.listen(listener),
  })
})
