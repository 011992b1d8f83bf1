/**
 * What other parts say in each reading, and who hears of it: one that throws disturbs no other.
 *
 * @since 0.1.0
 */
import { instrument } from "./Instruments.ts"
import type { Readings } from "./Reading.ts"
import { Counter } from "./Recorder.ts"
import { type Sample, sampleOf } from "./Sample.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type MetricSource = () => ReadonlyArray<Sample>

/**
 * @category models
 * @since 0.1.0
 */
export type MetricListener = (readings: Readings) => void

/**
 * The first failure of a source or a listener, which is the one to be logged.
 *
 * @category models
 * @since 0.1.0
 */
export interface FirstFailure {
  readonly part: "source" | "listener"
  readonly cause: unknown
}

const failuresInstrument = instrument("countersign_metrics_failures_total")

/** The failures of one that does not end are counted; that it fails is said once. */
interface Taken<F> {
  readonly call: F
  hasFailed: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export class MetricSources {
  private readonly sources = new Set<Taken<MetricSource>>()
  private readonly listeners = new Set<Taken<MetricListener>>()
  private readonly failures = { source: new Counter(), listener: new Counter() }
  private unsaid: Array<FirstFailure> = []

  /** Returns what ends it. */
  add(source: MetricSource): () => void {
    return addTo(this.sources, source)
  }

  /** Returns what ends it. */
  listen(listener: MetricListener): () => void {
    return addTo(this.listeners, listener)
  }

  get hasListeners(): boolean {
    return this.listeners.size > 0
  }

  /** What all say now. Of a source that throws there is nothing this time. */
  samples(): ReadonlyArray<Sample> {
    const samples: Array<Sample> = []
    for (const source of this.sources) {
      this.attempt("source", source, (call) => void samples.push(...call()))
    }
    return samples
  }

  tell(readings: Readings): void {
    for (const listener of this.listeners) {
      this.attempt("listener", listener, (call) => call(readings))
    }
  }

  /** How often they threw. */
  failureSamples(): ReadonlyArray<Sample> {
    return (["source", "listener"] as const).map((part) =>
      sampleOf(failuresInstrument, this.failures[part].value, { part }),
    )
  }

  /** What is to be logged, once. */
  firstFailures(): ReadonlyArray<FirstFailure> {
    return this.unsaid.splice(0)
  }

  private attempt<F>(part: FirstFailure["part"], taken: Taken<F>, use: (call: F) => void): void {
    try {
      use(taken.call)
    } catch (cause) {
      this.failures[part].add()
      if (taken.hasFailed) return
      taken.hasFailed = true
      this.unsaid.push({ part, cause })
    }
  }
}

// The same function given twice is there twice, and each end ends one.
const addTo = <F>(all: Set<Taken<F>>, call: F): (() => void) => {
  const taken = { call, hasFailed: false }
  all.add(taken)
  return () => void all.delete(taken)
}
