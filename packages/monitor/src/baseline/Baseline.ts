/**
 * What a program measured on a machine, in sessions: a file to be committed beside the code.
 *
 * Its text is canonical: names in order, two blanks a level, one line feed at the end. So the
 * same figures are the same bytes, and a review shows what changed and nothing else.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { BaselineMalformed } from "./BaselineError.ts"
import { MachineCard } from "./MachineCard.ts"
import { Better } from "./Verdict.ts"

/**
 * Bounds of a file. The oldest session goes when there are more.
 *
 * @category constants
 * @since 0.1.0
 */
export const baselineLimits = {
  metricsMax: 200,
  sessionsMax: 20,
  runsMax: 1000,
  fileBytesMax: 4 * 1024 * 1024,
} as const

// A path in a document, a row of a table, or a series with its labels.
const Name = Schema.String.check(Schema.isPattern(/^\P{Cc}{1,200}$/u))

/**
 * @category schemas
 * @since 0.1.0
 */
export const BaselineMetric = Schema.Struct({
  better: Better,
  unit: Schema.String.check(Schema.isMaxLength(20)),
})

/**
 * @category models
 * @since 0.1.0
 */
export type BaselineMetric = typeof BaselineMetric.Type

/**
 * Runs at one time, one after the other.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BaselineSession = Schema.Struct({
  /** When it began, as ISO 8601 in UTC. */
  at: Schema.String.check(Schema.isMaxLength(40)),
  /** The commit that was measured; `unknown` outside of a repository. */
  commit: Schema.String.check(Schema.isMaxLength(120)),
  /** The command or the files that the figures are from. */
  source: Schema.String.check(Schema.isMaxLength(2000)),
  /** Each metric's figures, in the order of the runs. */
  values: Schema.Record(
    Name,
    Schema.Array(Schema.Finite).check(Schema.isMaxLength(baselineLimits.runsMax)),
  ),
})

/**
 * @category models
 * @since 0.1.0
 */
export type BaselineSession = typeof BaselineSession.Type

/**
 * @category schemas
 * @since 0.1.0
 */
export const Baseline = Schema.Struct({
  version: Schema.Literal(1),
  machine: MachineCard,
  metrics: Schema.Record(Name, BaselineMetric),
  /** The newest last. */
  sessions: Schema.Array(BaselineSession).check(Schema.isMaxLength(baselineLimits.sessionsMax)),
})

/**
 * @category models
 * @since 0.1.0
 */
export type Baseline = typeof Baseline.Type

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, ordered(inner)]),
  )
}

// A list of numbers on one line: a session is a line in a review, not a page.
const onOneLine = (text: string): string =>
  text.replaceAll(/\[\n\s+(-?[\d.e+-]+(?:,\n\s+-?[\d.e+-]+)*)\n\s+\]/g, (_, list: string) => {
    return `[${list.replaceAll(/,\n\s+/g, ", ")}]`
  })

/**
 * The file's text.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (baseline: Baseline): string =>
  `${onOneLine(JSON.stringify(ordered(baseline), null, 2))}\n`

const decodeText = Schema.decodeUnknownResult(Schema.fromJsonString(Baseline), {
  onExcessProperty: "error",
})

/** A session has figures of known metrics alone. */
const strangerIn = ({ metrics, sessions }: Baseline): string | undefined =>
  sessions
    .flatMap(({ values }) => Object.keys(values))
    .find((name) => !Object.hasOwn(metrics, name))

/**
 * A baseline from its file's text.
 *
 * @param path for the message
 * @category encoding
 * @since 0.1.0
 */
export const decode = (text: string, path: string): Result.Result<Baseline, BaselineMalformed> => {
  if (Buffer.byteLength(text) > baselineLimits.fileBytesMax) {
    const detail = `it is longer than ${baselineLimits.fileBytesMax} bytes`
    return Result.fail(new BaselineMalformed({ path, detail }))
  }
  const decoded = decodeText(text)
  if (Result.isFailure(decoded)) {
    const detail = String(decoded.failure).replaceAll(/\s+/g, " ")
    return Result.fail(new BaselineMalformed({ path, detail }))
  }
  const baseline = decoded.success
  const stranger = strangerIn(baseline)
  if (stranger !== undefined) {
    const detail = `a session has figures of ${stranger}, which is none of its metrics`
    return Result.fail(new BaselineMalformed({ path, detail }))
  }
  if (Object.keys(baseline.metrics).length > baselineLimits.metricsMax) {
    const detail = `it has more than ${baselineLimits.metricsMax} metrics`
    return Result.fail(new BaselineMalformed({ path, detail }))
  }
  return Result.succeed(baseline)
}

/**
 * The file's text, if it is one that can be read again: names, figures and sizes within the bounds.
 *
 * @param path for the message
 * @category encoding
 * @since 0.1.0
 */
export const encodeChecked = (
  baseline: Baseline,
  path: string,
): Result.Result<string, BaselineMalformed> => {
  const text = encode(baseline)
  const decoded = decode(text, path)
  if (Result.isSuccess(decoded)) return Result.succeed(text)
  const detail = `it could not be read again: ${decoded.failure.detail}`
  return Result.fail(new BaselineMalformed({ path, detail }))
}

/**
 * The baseline with one more session; the oldest goes where there are too many, and with it the
 * metrics that no other session has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const withSession = (
  baseline: Baseline,
  metrics: Readonly<Record<string, BaselineMetric>>,
  session: BaselineSession,
): Baseline => {
  const sessions = [...baseline.sessions, session].slice(-baselineLimits.sessionsMax)
  const measured = new Set(sessions.flatMap(({ values }) => Object.keys(values)))
  const known = Object.entries({ ...baseline.metrics, ...metrics })
  return {
    ...baseline,
    metrics: Object.fromEntries(known.filter(([name]) => measured.has(name))),
    sessions,
  }
}

/**
 * One metric's figures, session by session; sessions without it are left out.
 *
 * @category numbers
 * @since 0.1.0
 */
export const sessionsOf = (
  { sessions }: Baseline,
  metric: string,
): ReadonlyArray<ReadonlyArray<number>> =>
  sessions.flatMap(({ values }) => {
    const found = Object.hasOwn(values, metric) ? values[metric] : undefined
    return found === undefined || found.length === 0 ? [] : [found]
  })
