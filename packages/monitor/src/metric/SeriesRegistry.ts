/**
 * The counters, gauges and recorders that programs have asked for, by name and labels.
 *
 * @since 0.1.0
 */
import {
  type Instrument,
  type InstrumentKind,
  instruments,
  type InstrumentUnit,
} from "./Instruments.ts"
import { MetricInvalid } from "./MetricInvalid.ts"
import type { Labels } from "./Reading.ts"
import { Counter, Gauge, Recorder } from "./Recorder.ts"
import { type Sample, sampleOf } from "./Sample.ts"

/**
 * What a metric of the application's own is.
 *
 * @category models
 * @since 0.1.0
 */
export interface MetricOptions {
  /** One sentence for whoever reads the figures. Default: the name. */
  readonly help?: string
  /** Default `one`; for a recorder, `seconds`. */
  readonly unit?: InstrumentUnit
}

interface Series<T> {
  readonly labels: Labels
  readonly of: T
}

/** The series of each metric of one kind, by name and then by the values of its labels. */
type Families<T> = Map<string, Map<string, Series<T>>>

// Prometheus' own forms. What differs from another in the number of its underscores alone would be
// written as the other is.
const nameForm = /^(?!.*(?:__|_$))[a-zA-Z_][a-zA-Z0-9_]*$/
const labelForm = /^(?!.*__)[a-zA-Z_][a-zA-Z0-9_]*$/
/** Written by the exporters themselves: quantiles, and the unit, which is left out of the text. */
const takenLabels = new Set(["quantile", "unit", "time_unit"])
const summaryPart = /_(?:count|sum)$/
const own = "countersign_"
const nameLengthMax = 200
/** A value is for people; the rest of a longer one tells no series apart. */
const valueLengthMax = 200

/** What stands for every value of a label beyond the most series that a metric may have. */
const other = "other"

/**
 * Asking for the same name and labels gives the same object, so that it may be asked for anywhere.
 * Keep it where it is used often: the search costs more than the update.
 *
 * @category models
 * @since 0.1.0
 */
export class SeriesRegistry {
  private readonly known = new Map<string, Instrument>()
  private readonly counters: Families<Counter> = new Map()
  private readonly gauges: Families<Gauge> = new Map()
  private readonly recorders: Families<Recorder> = new Map()
  private readonly seriesMax: number
  private readonly nowMillis: () => number
  /** Times that a metric was asked for one series too many. */
  readonly overflow = new Counter()

  /**
   * @param nowMillis a time that only goes forward
   * @param seriesMax most series of one metric, so that a label never fills the memory
   */
  constructor(nowMillis: () => number, seriesMax: number) {
    this.nowMillis = nowMillis
    this.seriesMax = seriesMax
  }

  /** Throws `MetricInvalid`. */
  counter(name: string, labels: Labels = {}, options: MetricOptions = {}): Counter {
    const instrument = this.instrumentOf("counter", name, labels, options)
    return this.series(this.counters, instrument, labels, () => new Counter())
  }

  /** Throws `MetricInvalid`. */
  gauge(name: string, labels: Labels = {}, options: MetricOptions = {}): Gauge {
    const instrument = this.instrumentOf("gauge", name, labels, options)
    return this.series(this.gauges, instrument, labels, () => new Gauge())
  }

  /** Throws `MetricInvalid`. */
  recorder(name: string, labels: Labels = {}, options: MetricOptions = {}): Recorder {
    const given = { unit: "seconds", ...options } as const
    const instrument = this.instrumentOf("summary", name, labels, given)
    return this.series(
      this.recorders,
      instrument,
      labels,
      () => new Recorder(instrument.unit, this.nowMillis()),
    )
  }

  /** Turns the histograms. */
  turn(nowMillis: number): void {
    for (const { of } of each(this.recorders)) of.turn(nowMillis)
  }

  samples(nowMillis: number): ReadonlyArray<Sample> {
    const samples: Array<Sample> = []
    const add = <T>(families: Families<T>, valueOf: (of: T) => Sample["value"]): void => {
      for (const [name, series] of families) {
        const instrument = this.known.get(name)
        if (instrument === undefined) continue
        for (const { labels, of } of series.values()) {
          samples.push(sampleOf(instrument, valueOf(of), labels))
        }
      }
    }
    add(this.counters, ({ value }) => value)
    add(this.gauges, ({ value }) => value)
    add(this.recorders, (of) => of.summary(nowMillis))
    return samples
  }

  private series<T>(
    families: Families<T>,
    { labels: names, name }: Instrument,
    labels: Labels,
    make: () => T,
  ): T {
    const series = families.get(name) ?? new Map<string, Series<T>>()
    families.set(name, series)
    const asked = names.map((label) => (labels[label] ?? "").slice(0, valueLengthMax))
    const found = series.get(keyOf(asked))
    if (found !== undefined) return found.of
    const isFull = series.size >= this.seriesMax
    if (isFull) this.overflow.add()
    const values = isFull ? names.map(() => other) : asked
    const shared = series.get(keyOf(values))
    if (shared !== undefined) return shared.of
    const of = make()
    const kept = Object.fromEntries(names.map((label, at) => [label, values[at] ?? ""]))
    series.set(keyOf(values), { labels: kept, of })
    return of
  }

  private instrumentOf(
    kind: InstrumentKind,
    name: string,
    labels: Labels,
    options: MetricOptions,
  ): Instrument {
    const names = Object.keys(labels)
    const instrument = this.known.get(name) ?? this.declared(kind, name, names, options)
    if (instrument.kind !== kind) {
      throw refusal(name, `is a ${instrument.kind}, and was asked for as a ${kind}`)
    }
    const expected = instrument.labels
    if (names.length !== expected.length || !expected.every((label) => names.includes(label))) {
      const listed = (these: ReadonlyArray<string>): string => these.join(", ") || "none"
      throw refusal(name, `has the labels ${listed(expected)}, and was given ${listed(names)}`)
    }
    this.known.set(name, instrument)
    return instrument
  }

  private declared(
    kind: InstrumentKind,
    name: string,
    labels: ReadonlyArray<string>,
    options: MetricOptions,
  ): Instrument {
    const instrument = declared(kind, name, labels, options)
    const whole = name.replace(summaryPart, "")
    if (whole !== name && this.known.get(whole)?.kind === "summary") {
      throw refusal(name, `is a part of the recorder ${whole}`)
    }
    const part = [`${name}_count`, `${name}_sum`].find((each) => this.known.has(each))
    if (kind === "summary" && part !== undefined) {
      throw refusal(name, `would have a part ${part}, which is a metric of its own`)
    }
    return instrument
  }
}

function* each<T>(families: Families<T>): Iterable<Series<T>> {
  for (const series of families.values()) yield* series.values()
}

// No text has this character in the middle of a label by chance.
const keyOf = (values: ReadonlyArray<string>): string => values.join("\u0000")

const refusal = (metric: string, detail: string): MetricInvalid =>
  new MetricInvalid({ metric: metric.slice(0, nameLengthMax), detail })

const declared = (
  kind: InstrumentKind,
  name: string,
  labels: ReadonlyArray<string>,
  { help = name, unit = "one" }: MetricOptions,
): Instrument => {
  const ours = instruments.get(name)
  if (ours !== undefined) return ours
  if (!nameForm.test(name) || name.length > nameLengthMax) {
    throw refusal(
      name,
      "a name has letters, digits and single underscores, no digit first and no underscore last",
    )
  }
  if (name.startsWith(own)) throw refusal(name, `${own} begins the names of Countersign's own`)
  const wrong = labels.find((label) => !labelForm.test(label) || takenLabels.has(label))
  if (wrong !== undefined) throw refusal(name, `a label may not be called "${wrong}"`)
  return { name, kind, unit, labels, help }
}
