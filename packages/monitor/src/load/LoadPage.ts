/**
 * The report of a load as one HTML file that needs nothing else: no script, no font, no network.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { type ChartOptions, chartSvg, chartTable, escaped } from "./LineChart.ts"
import { profileText } from "./LoadProfile.ts"
import { isSound, type LoadReport } from "./LoadReport.ts"

const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 })

const count = (value: number): string => numbers.format(value)

/**
 * A length of time as a person reads it.
 *
 * @param micros units: microseconds
 * @category conversions
 * @since 0.1.0
 */
export const microsText = (micros: number): string => {
  if (micros < 1000) return `${Math.round(micros)} µs`
  const [value, unit] = micros < 1_000_000 ? [micros / 1000, "ms"] : [micros / 1_000_000, "s"]
  return `${Number(value.toPrecision(3))} ${unit}`
}

const rateText = (perSecond: number): string => `${count(perSecond)}/s`

const percentText = (share: number): string => `${Number((share * 100).toFixed(2))} %`

const secondsText = (seconds: number): string => `${Number(seconds.toFixed(3))} s`

// Colours that people with any colour sight tell apart, over white and over near black; each line
// also has dashes of its own and its name at its end.
const style = `:root{color-scheme:light dark;--back:#fff;--text:#1a1d21;--soft:#5b6470;--grid:#e3e6ea;--card:#f5f6f8;--bad:#b3261e;--good:#1b6e3c;--c0:#0b62a4;--c1:#00795a;--c2:#a8591b;--c3:#a3286d;--c4:#1a1d21}
@media (prefers-color-scheme:dark){:root{--back:#14171b;--text:#e8eaed;--soft:#a3adba;--grid:#2b3138;--card:#1d2127;--bad:#ff8a80;--good:#7fd49b;--c0:#6bb5f0;--c1:#4fc9a2;--c2:#f0a55e;--c3:#ef86c0;--c4:#e8eaed}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem}
p{margin:.3rem 0}.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.6rem,1fr));gap:.6rem;margin:1rem 0}
dl div{background:var(--card);border-radius:.5rem;padding:.55rem .75rem}dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}
ul{padding:0;list-style:none}figure{margin:0}figure>div{overflow-x:auto}svg{display:block;width:100%;min-width:38rem;height:auto}
.g{stroke:var(--grid)}.k{stroke:var(--soft)}.a{fill:var(--soft);font-size:12px}.e{text-anchor:end}.m{text-anchor:middle}.n{font-size:12.5px;font-weight:600}
.w{fill:var(--card)}.l{fill:none;stroke-width:1.8;stroke-linejoin:round}.h rect{fill:transparent}.h:hover rect{fill:var(--soft);fill-opacity:.16}
.s0{stroke:var(--c0)}.s1{stroke:var(--c1);stroke-dasharray:7 3}.s2{stroke:var(--c2);stroke-dasharray:3 3}.s3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.s4{stroke:var(--c4);stroke-width:1.1}.s5{stroke:var(--soft);stroke-width:7;stroke-opacity:.35;stroke-linecap:round}
.f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--soft)}
details{margin:.4rem 0}summary{cursor:pointer;color:var(--soft)}.scroll{max-height:26rem;overflow:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem;width:100%}caption{text-align:left;color:var(--soft);padding:.3rem 0}
th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid var(--grid);font-weight:400}thead th{font-weight:600}th:first-child{text-align:left}
table.small{width:auto}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}`

const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`

const tile = (name: string, value: string): string =>
  `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`

/** At most ten round moments. */
const secondTicks = (seconds: number): ChartOptions["xTicks"] => {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400]
  const step = steps.find((one) => seconds / one <= 10) ?? 86_400
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => ({
    at: index * step,
    text: String(index * step),
  }))
}

/** What the charts over time have in common. */
const timeAxis = ({ intervals }: LoadReport) => {
  const last = intervals.at(-1)
  const end = last === undefined ? 1 : last.fromSeconds + last.seconds
  const warmup = intervals.filter(({ isWarmup }) => isWarmup)
  const measuredAt = warmup.reduce((most, one) => Math.max(most, one.fromSeconds + one.seconds), 0)
  return {
    xName: "seconds from the beginning",
    xs: intervals.map(({ fromSeconds, seconds }) => fromSeconds + seconds / 2),
    names: intervals.map(({ fromSeconds }) => secondsText(fromSeconds)),
    xTicks: secondTicks(end),
    ...(measuredAt === 0 ? {} : { shaded: { name: "warming up", from: 0, to: measuredAt } }),
  }
}

const rateChart = (report: LoadReport): ChartOptions => {
  const perSecond = (key: "failed" | "intended" | "sent") =>
    report.intervals.map((one) => (one.seconds === 0 ? null : one[key] / one.seconds))
  const hasFailed = report.intervals.some(({ failed }) => failed > 0)
  return {
    id: "rate",
    title: "Starts a second",
    description: `Intended and made, over time: ${rateText(report.rate.intendedPerSecond)} were intended and ${rateText(report.rate.achievedPerSecond)} made on average.`,
    ...timeAxis(report),
    series: [
      { name: "intended", tone: 5, values: perSecond("intended") },
      { name: "made", tone: 0, values: perSecond("sent") },
      ...(hasFailed ? [{ name: "failed", tone: 3, values: perSecond("failed") }] : []),
    ],
    isLogarithmic: false,
    format: rateText,
  }
}

const latencyChart = (report: LoadReport): ChartOptions => {
  const at = (key: "max" | "p50" | "p95" | "p99" | "p999") =>
    report.intervals.map(({ latency }) => (latency.count === 0 ? null : latency[key]))
  return {
    id: "latency",
    title: "Latency over time",
    description: `From the intended start, of what was meant to start in each interval, failed or not: the median is ${microsText(report.latency.p50)}, the longest wait ${microsText(report.latency.max)}.`,
    ...timeAxis(report),
    series: [
      { name: "p50", tone: 0, values: at("p50") },
      { name: "p95", tone: 1, values: at("p95") },
      { name: "p99", tone: 2, values: at("p99") },
      { name: "p99.9", tone: 3, values: at("p999") },
      { name: "max", tone: 4, values: at("max") },
    ],
    isLogarithmic: true,
    format: microsText,
  }
}

const lagChart = (report: LoadReport): ChartOptions => ({
  id: "lag",
  title: "How late starts were made",
  description: `The longest in each interval; at most ${microsText(report.lag.max)}. It is a part of the latency.`,
  ...timeAxis(report),
  series: [
    { name: "latest", tone: 0, values: report.intervals.map(({ lagMax }) => lagMax || null) },
  ],
  isLogarithmic: true,
  format: microsText,
})

/** Percentiles by the number of their nines. */
const distributionChart = ({ distribution, latency }: LoadReport): ChartOptions => {
  const most = Math.log10(Math.max(10, latency.count))
  const nines = (percentile: number): number =>
    percentile === 100 ? most : Math.min(most, -Math.log10(1 - percentile / 100))
  const ticks = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %", "99.99999 %"]
  return {
    id: "distribution",
    title: "Latency by percentile",
    description: `Of ${count(latency.count)} starts: p95 is ${microsText(latency.p95)}, p99 ${microsText(latency.p99)}, p99.9 ${microsText(latency.p999)}.`,
    xName: "percentile",
    xs: distribution.map(({ percentile }) => nines(percentile)),
    names: distribution.map(({ percentile }) => `${Number(percentile.toFixed(5))} %`),
    xTicks: ticks.slice(0, Math.floor(most) + 1).map((text, at) => ({ at, text })),
    series: [{ name: "latency", tone: 0, values: distribution.map(({ micros }) => micros) }],
    isLogarithmic: true,
    format: microsText,
  }
}

const figure = (options: ChartOptions): string =>
  `<h2 id="${options.id}">${escaped(options.title)}</h2><p class="soft">${escaped(options.description)}</p><figure><div>${chartSvg(options)}</div><details><summary>The same as a table</summary><div class="scroll">${chartTable(options)}</div></details></figure>`

const subjectText = ({ subject }: LoadReport): string =>
  subject.kind === "engine"
    ? `An engine of its own, events of ${count(subject.eventBytes)} bytes, each until it was ${subject.until}`
    : `${subject.method} ${subject.url}, over ${count(subject.connections)} connections`

const verdictOf = (report: LoadReport): string => {
  const stopped = report.isStopped ? " The run was stopped before its end." : ""
  const rate = report.rate.isReached
    ? `<p class="good">✓ The rate was reached within ${percentText(report.rate.tolerance)}.${stopped}</p>`
    : `<p class="bad">✗ The rate was not reached: ${report.rate.deviation > 0 ? "+" : ""}${percentText(report.rate.deviation)}.${stopped}</p>`
  const checks = report.checks
    .map(
      ({ detail, isKept, name }) =>
        `<li><span class="${isKept ? "good" : "bad"}">${isKept ? "✓" : "✗"} ${escaped(name)}</span> <span class="soft">${escaped(detail)}</span></li>`,
    )
    .join("")
  return `${rate}<ul>${checks}</ul>`
}

const failedOf = ({ rate, reachedLatency }: LoadReport): string => {
  if (rate.failed === 0) return ""
  const { max, p50, p99 } = reachedLatency
  return `<p>${count(rate.failed)} of ${count(rate.sent)} failed; each counts with the wait that it had. Those that did not fail waited for p50 ${escaped(microsText(p50))}, p99 ${escaped(microsText(p99))}, at most ${escaped(microsText(max))}.</p>`
}

const stallsOf = ({ stalls }: LoadReport): string => {
  if (stalls.length === 0) return "<p>None of 100 ms or more.</p>"
  const rows = stalls
    .map(
      ({ fromSeconds, seconds }) =>
        `<tr><th scope="row">${escaped(secondsText(fromSeconds))}</th><td>${escaped(secondsText(seconds))}</td></tr>`,
    )
    .join("")
  return `<table class="small"><caption>Something was due or on its way, and nothing was done for 100 ms or more; the 20 longest</caption><thead><tr><th scope="col">from</th><th scope="col">for</th></tr></thead><tbody>${rows}</tbody></table>`
}

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, value]) => `${name}: ${count(value)}`)
    .join(", ") || "none"

const setupOf = (report: LoadReport): string => {
  const { machine, profile, startedAt, subject } = report
  const { cores, kernel, memoryBytes, node, processor } = machine
  const answers =
    subject.kind === "http"
      ? `<p>Answers by status: ${escaped(countsOf(subject.statuses))}. Without an answer: ${escaped(countsOf(subject.errors))}.</p>`
      : `<p>A lane was full ${count(subject.refused)} times when an event was due; the event then waited, and its wait counts.</p>`
  return `${answers}<p>Load: <code>${escaped(profileText(profile))}</code></p><p>${escaped(`${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${kernel}, Node ${node}`)}</p><p>Began ${escaped(startedAt)}</p>`
}

const tilesOf = ({ lag, latency, rate }: LoadReport): string =>
  [
    tile("intended", rateText(rate.intendedPerSecond)),
    tile("made", rateText(rate.achievedPerSecond)),
    tile("p50", microsText(latency.p50)),
    tile("p95", microsText(latency.p95)),
    tile("p99", microsText(latency.p99)),
    tile("p99.9", microsText(latency.p999)),
    tile("max", microsText(latency.max)),
    tile("lateness p99", microsText(lag.p99)),
  ].join("")

/**
 * The page.
 *
 * @category conversions
 * @since 0.1.0
 */
export const loadPage = (report: LoadReport): string => {
  const title = `Load report: ${isSound(report) ? "sound" : "not sound"}`
  const charts = [rateChart, latencyChart, distributionChart, lagChart]
    .map((chart) => figure(chart(report)))
    .join("")
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>${escaped(title)}</h1><p class="soft">${escaped(subjectText(report))}. Waits count from when a start was intended, so a slow answer hides nothing.</p><dl>${tilesOf(report)}</dl>${failedOf(report)}${verdictOf(report)}${charts}<h2 id="stalls">Stalls</h2>${stallsOf(report)}<h2 id="setup">Setup</h2>${setupOf(report)}</main></body></html>
`
}
