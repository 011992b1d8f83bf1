/** The report of a load, as lines for a person. */
import { microsText } from "@countersign/monitor/load/LoadPage"
import { profileText } from "@countersign/monitor/load/LoadProfile"
import type { LoadReport } from "@countersign/monitor/load/LoadReport"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"

const perSecond = (rate: number): string => `${Text.count(Math.round(rate))}/s`

const quantiles = ({ max, p50, p95, p99, p999 }: LoadReport["latency"]): string =>
  [
    `p50 ${microsText(p50)}`,
    `p95 ${microsText(p95)}`,
    `p99 ${microsText(p99)}`,
    `p99.9 ${microsText(p999)}`,
    `max ${microsText(max)}`,
  ].join("  ")

const rateLine = ({ isStopped, rate }: LoadReport, paint: Paint): string => {
  const { achievedPerSecond, deviation, intendedPerSecond, isReached, seconds } = rate
  const mark = isReached ? paint.good("✓ rate") : paint.bad("✗ rate not reached")
  const off = `${deviation > 0 ? "+" : ""}${(deviation * 100).toFixed(2)} %`
  const end = isStopped ? ", stopped before its end" : ""
  return `${mark}  ${perSecond(achievedPerSecond)} of ${perSecond(intendedPerSecond)} (${off}), ${Text.duration(seconds * 1000)} measured${end}`
}

const counts = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} × ${Text.count(value)}`)
    .join(", ")

const subjectLines = ({ subject }: LoadReport, paint: Paint): ReadonlyArray<string> => {
  if (subject.kind === "http") {
    return [
      `  answers   ${counts(subject.statuses) || "none"}`,
      ...(Object.keys(subject.errors).length === 0
        ? []
        : [paint.bad(`  no answer ${counts(subject.errors)}`)]),
    ]
  }
  return subject.refused === 0
    ? []
    : [`  a lane was full ${Text.counted(subject.refused, "time")}; the wait counts`]
}

export const summaryLines = (report: LoadReport, paint: Paint): ReadonlyArray<string> => {
  const { checks, lag, latency, profile, rate, reachedLatency, stalls, subject } = report
  const what = subject.kind === "http" ? "answered" : subject.until
  const longest = stalls.toSorted((one, other) => other.seconds - one.seconds)[0]
  return [
    rateLine(report, paint),
    `  intended start → ${what}   ${quantiles(latency)}`,
    ...(rate.failed === 0
      ? []
      : [`  without the ${Text.count(rate.failed)} that failed   ${quantiles(reachedLatency)}`]),
    `  lateness of starts, in it   ${quantiles(lag)}`,
    ...(longest === undefined
      ? []
      : [
          paint.doubtful(
            `  ${Text.counted(stalls.length, "stall")} of 100 ms or more; the longest ${Text.duration(longest.seconds * 1000)}, ${Text.duration(longest.fromSeconds * 1000)} after the beginning`,
          ),
        ]),
    ...subjectLines(report, paint),
    ...checks.map(({ detail, isKept, name }) =>
      isKept
        ? `${paint.good("✓")} ${name}  ${paint.faint(detail)}`
        : `${paint.bad(`✗ not so: ${name}`)}  ${detail}`,
    ),
    paint.faint(`  ${profileText(profile)}`),
  ]
}
