/**
 * Samples as series of Effect's registry of metrics, from which Prometheus and OTLP are served.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import { seriesOf } from "./Reading.ts"
import type { Sample, Summary } from "./Sample.ts"

interface Cell {
  sample: Sample
  isSeen: boolean
  readonly registration: Metric.Registration
}

const nothing = (): void => undefined

/** Effect's exporters name the unit in OTLP and leave it out of Prometheus' labels. */
const attributesOf = ({ instrument, labels }: Sample): Readonly<Record<string, string>> => {
  const { unit } = instrument
  return unit === "one" || unit === "ratio" ? labels : { ...labels, unit }
}

const summaryState = ({ count, quantiles, sum }: Summary): Metric.SummaryState => ({
  count,
  sum,
  // Neither exporter shows them.
  min: 0,
  max: 0,
  quantiles,
})

const numberOf = ({ value }: Sample): number => (typeof value === "number" ? value : value.count)

const register = (context: Context.Context<never>, cell: () => Sample): Metric.Registration => {
  const sample = cell()
  const { help, kind, name } = sample.instrument
  const options = { description: help, attributes: attributesOf(sample) }
  const hooks = { update: nothing, modify: nothing }
  switch (kind) {
    case "counter":
      return Metric.registerUnsafe(
        Metric.counter(name, { ...options, incremental: true }),
        context,
        { ...hooks, get: () => ({ count: numberOf(cell()), incremental: true }) },
      )
    case "gauge":
      return Metric.registerUnsafe(Metric.gauge(name, options), context, {
        ...hooks,
        get: () => ({ value: numberOf(cell()) }),
      })
    case "summary":
      return Metric.registerUnsafe(summaryMetric(name, options), context, {
        ...hooks,
        get: () => {
          const { value } = cell()
          return summaryState(
            typeof value === "number" ? { count: value, sum: value, quantiles: [] } : value,
          )
        },
      })
  }
}

/** The window is ours to keep, so the one that is declared here is never used. */
const summaryMetric = (
  name: string,
  options: { readonly description: string; readonly attributes: Readonly<Record<string, string>> },
) => Metric.summary(name, { ...options, maxAge: "1 minute", maxSize: 1, quantiles: [] })

/**
 * Keeps the registry as the newest samples are: what has come is registered, what is gone is taken
 * out again. Whoever reads the registry gets numbers that were put there before, at no cost to the
 * engine.
 *
 * @category models
 * @since 0.1.0
 */
export class MetricExport {
  private readonly context: Context.Context<never>
  private readonly cells = new Map<string, Cell>()

  /** @param context whose registry it is */
  constructor(context: Context.Context<never>) {
    this.context = context
  }

  /** Shows these samples instead of those before. */
  show(samples: ReadonlyArray<Sample>): void {
    for (const cell of this.cells.values()) cell.isSeen = false
    for (const sample of samples) this.put(sample)
    for (const [key, cell] of this.cells) {
      if (cell.isSeen) continue
      cell.registration.remove()
      this.cells.delete(key)
    }
  }

  private put(sample: Sample): void {
    const key = seriesOf({ name: sample.instrument.name, labels: sample.labels })
    const found = this.cells.get(key)
    if (found !== undefined) {
      found.sample = sample
      found.isSeen = true
      return
    }
    const current = (): Sample => this.cells.get(key)?.sample ?? sample
    const registration = register(this.context, current)
    this.cells.set(key, { sample, isSeen: true, registration })
  }

  /** Takes everything out of the registry. */
  end(): void {
    this.show([])
  }
}
