/**
 * A sink that judges what it is given: detection behind the trail, where it costs an event nothing.
 *
 * It stores nothing. The engine keeps its place; what the rules had counted is lost with the process,
 * and is counted again from the trail's last events when the next one begins.
 *
 * - Findings are recorded at least once: a batch counts as delivered when its findings are durable.
 *   After a crash in between the same finding, with the same id, may come again.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import { type DeliveredBatch, type Sink, SinkError } from "@countersign/core/engine/Sink"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { Detector, type DetectorCounts, type DetectorOptions } from "./Detector.ts"
import { type TextsAt, textsAt } from "./EventValue.ts"
import type { Finding } from "./Finding.ts"
import { findingIdOf, recordOf } from "./FindingRecord.ts"
import type { ReputationCache } from "./ReputationCache.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DetectionSinkOptions extends Omit<DetectorOptions, "standingOf"> {
  /** Default `detection`. */
  readonly name?: string
  /** The engine's trail. Without it nothing is counted again after a start. */
  readonly directory?: string
  /** Most events that are counted again after a start. Default 200,000. */
  readonly rebuildEventsMax?: number
  /** Asked about the keys of `reputation` rules before a batch is judged. */
  readonly reputation?: ReputationCache
  /** Told of each finding at once, before it is recorded. For alerts. */
  readonly observe?: (finding: Finding) => void
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DetectionCounts extends DetectorCounts {
  readonly recorded: number
  /** Findings that the engine refused as events. They were observed all the same. */
  readonly refused: number
  /** Findings that are not durable yet. */
  readonly waiting: number
  /** Events that were counted again after the start. */
  readonly rebuilt: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DetectionSink {
  /** For `openAudit` or `Audit.layer`. */
  readonly sink: Sink
  /** Where findings are recorded. Until then they wait, and beyond some hundred the sink does too. */
  readonly attach: (audit: Pick<Audit["Service"], "record">) => void
  /** Lets time pass where nothing comes; only for a sink that lags behind nothing. */
  readonly advance: (nowMillis: number) => Effect.Effect<void, SinkError>
  /** The newest findings, the newest last. */
  readonly recent: () => ReadonlyArray<Finding>
  /** Findings so far, by rule. */
  readonly byRule: () => ReadonlyMap<string, number>
  readonly counts: () => DetectionCounts
  readonly trustOf: (subject: string) => number
}

const recentMax = 256
const waitingMax = 512
const rebuildMax = 200_000
// What another run has recorded of the batches that come again: it is not far.
const aheadMax = 65_536
// Some tens of milliseconds on a slow machine: other work of the process gets its turn in between.
const recordsMax = 256

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const parse = (entry: Uint8Array): unknown => {
  try {
    return JSON.parse(bufferOf(entry).toString("utf8"))
  } catch {
    return undefined
  }
}

class Watching {
  readonly detector: Detector
  readonly recent: Array<Finding> = []
  readonly byRule = new Map<string, number>()
  recorded = 0
  refused = 0
  rebuilt = 0
  isClosed = false
  audit: Pick<Audit["Service"], "record"> | undefined
  waiting: ReadonlyArray<Finding> = []
  private readonly name: string
  private readonly options: DetectionSinkOptions
  /** Batches and the clock both bring findings, which are recorded one after the other. */
  private readonly turn = Semaphore.makeUnsafe(1)
  private readonly askedKeys: ReadonlyArray<TextsAt>
  /** What an earlier run has recorded. */
  private readonly known = new Set<string>()
  /** The sequence that is judged next; `undefined` before the first batch. */
  private next: number | undefined

  constructor(name: string, options: DetectionSinkOptions) {
    const { reputation } = options
    this.name = name
    this.options = options
    this.detector = new Detector({
      ...options,
      ...(reputation === undefined ? {} : { standingOf: (key) => reputation.standingOf(key) }),
    })
    this.askedKeys = options.rules.flatMap((rule) =>
      rule.kind === "reputation" ? [textsAt(rule.by)] : [],
    )
  }

  readonly deliver = Effect.fnUntraced(function* (
    this: Watching,
    batch: DeliveredBatch,
  ): Effect.fn.Return<void, SinkError> {
    if (this.isClosed) return yield* this.unavailable("it is closed")
    yield* this.settle()
    if (this.next === undefined) yield* this.rebuild(batch.firstSequence)
    const events = batch.entries.map(parse)
    if (this.options.reputation !== undefined && this.askedKeys.length > 0) {
      yield* this.options.reputation.learn(this.keysOf(events))
    }
    for (const [index, event] of events.entries()) {
      const sequence = batch.firstSequence + index
      // A batch that comes again was judged already.
      if (sequence < (this.next ?? 0)) continue
      this.take(this.detector.judge(event))
      this.next = sequence + 1
    }
    yield* this.settle()
  })

  take(findings: ReadonlyArray<Finding>): void {
    for (const finding of findings) {
      if (this.known.delete(finding.id)) continue
      this.waiting = [...this.waiting, finding]
      this.recent.push(finding)
      if (this.recent.length > recentMax) this.recent.shift()
      this.byRule.set(finding.rule, (this.byRule.get(finding.rule) ?? 0) + 1)
      this.options.observe?.(finding)
    }
  }

  /** Makes the findings that wait durable. */
  settle(): Effect.Effect<void, SinkError> {
    return this.turn.withPermits(1)(this.recordWaiting())
  }

  private readonly recordWaiting = Effect.fnUntraced(function* (
    this: Watching,
  ): Effect.fn.Return<void, SinkError> {
    const { audit } = this
    if (audit === undefined) {
      if (this.waiting.length < waitingMax) return
      return yield* this.unavailable(`${this.waiting.length} findings have nowhere to go yet`)
    }
    for (let [finding] = this.waiting; finding !== undefined; [finding] = this.waiting) {
      yield* audit.record(recordOf(finding)).pipe(
        Effect.tap(() => Effect.sync(() => (this.recorded += 1))),
        // What no event can hold, such as ids of immense length, must not hold up all others.
        Effect.catchTag("InvalidEvent", () => Effect.sync(() => (this.refused += 1))),
        Effect.catch((error) => this.unavailable(error.message)),
      )
      this.waiting = this.waiting.slice(1)
    }
  })

  /** Counts again what an earlier run had counted, as far as the trail's end shows it. */
  private readonly rebuild = Effect.fnUntraced(function* (
    this: Watching,
    first: number,
  ): Effect.fn.Return<void, SinkError> {
    const { directory, rebuildEventsMax = rebuildMax } = this.options
    if (directory !== undefined) {
      const range = { from: Math.max(0, first - rebuildEventsMax), to: first + aheadMax }
      yield* entries(directory, range).pipe(
        Stream.runForEachArray((bundle) =>
          Effect.sync(() => {
            for (const { bytes, sequence } of bundle) {
              const id = findingIdOf(bufferOf(bytes))
              if (id !== undefined) this.known.add(id)
              if (sequence >= first) continue
              this.detector.judge(parse(bytes))
              this.rebuilt += 1
            }
          }),
        ),
        Effect.provide(NodeDisk.layer),
        Effect.catch((error) => this.unavailable(`the trail can't be read: ${error.message}`)),
      )
    }
    this.next = first
  });

  private *keys(events: ReadonlyArray<unknown>): Iterable<string> {
    for (const event of events) {
      for (const keyOf of this.askedKeys) {
        const keys = keyOf(event)
        if (typeof keys === "string") yield keys
        else if (keys !== undefined) yield* keys
      }
    }
  }

  private keysOf(events: ReadonlyArray<unknown>): Iterable<string> {
    return new Set(this.keys(events))
  }

  private unavailable(detail: string): Effect.Effect<never, SinkError> {
    return Effect.fail(new SinkError({ sink: this.name, reason: "unavailable", detail }))
  }
}

/**
 * ```ts
 * const detection = DetectionSink.make({ rules: defaultRules, directory })
 * const audit = Audit.layer({ directory, sinks: [detection.sink] })
 * const layer = Layer.provideMerge(Detection.layer(detection), audit)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: DetectionSinkOptions): DetectionSink => {
  const name = options.name ?? "detection"
  const watching = new Watching(name, options)
  return {
    sink: {
      name,
      position: () => Effect.succeed(undefined),
      deliver: (batch) => watching.deliver(batch),
      delivery: { isRequired: false, recordsMax },
      close: Effect.sync(() => {
        watching.isClosed = true
      }),
    },
    attach: (audit) => {
      watching.audit = audit
    },
    advance: (nowMillis) =>
      Effect.suspend(() => {
        watching.take(watching.detector.advance(nowMillis))
        return watching.settle()
      }),
    recent: () => [...watching.recent],
    byRule: () => watching.byRule,
    counts: () => ({
      ...watching.detector.counts(),
      recorded: watching.recorded,
      refused: watching.refused,
      waiting: watching.waiting.length,
      rebuilt: watching.rebuilt,
    }),
    trustOf: (subject) => watching.detector.trust.of(subject, watching.detector.nowMillis),
  }
}
