/** The text of docs/telemetry.md, from the table of metrics. */
import { groups, type Instrument, quantiles } from "@countersign/monitor/metric/Instruments"

/** Where it is written to. */
export const telemetryDocument = "docs/telemetry.md"

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const unitText = { one: "", bytes: "bytes", seconds: "seconds", ratio: "0 to 1" } as const

const rowOf = ({ help, kind, labels, name, unit }: Instrument): string =>
  row([
    `\`${name}\``,
    kind,
    unitText[unit],
    labels.map((label) => `\`${label}\``).join(", "),
    help.replaceAll("|", "\\|"),
  ])

const example = [
  'import { Audit } from "@countersign/core/Audit"',
  'import { Metrics } from "@countersign/monitor/metric/Metrics"',
  'import { Prometheus } from "@countersign/monitor/metric/Prometheus"',
  'import * as Effect from "effect/Effect"',
  'import * as Layer from "effect/Layer"',
  "",
  "const Live = Prometheus.layer({ port: 9464 }).pipe(",
  "  Layer.provideMerge(Metrics.layer()),",
  '  Layer.provideMerge(Audit.layer({ directory: "trail" })),',
  ")",
  "",
  "const program = Effect.gen(function* () {",
  "  const metrics = yield* Metrics",
  '  const letters = metrics.counter("letters_total", { from: "clinic" }, { help: "Letters sent." })',
  '  const seconds = metrics.recorder("letter_seconds", {}, { help: "How long one takes." })',
  "  letters.add() // a plain call, for hot loops too",
  "  seconds.record(0.02)",
  "  return metrics.read() // every figure now",
  "})",
  "",
  "Effect.runPromise(program.pipe(Effect.provide(Live)))",
].join("\n")

const requests: ReadonlyArray<string> = [
  "## Requests and statements",
  "",
  "`HttpMetrics` counts requests by method, route and class of status: for Effect's router by the layer",
  "`HttpMetrics.layerRouter`, for a handler of `node:http` by `listener(handler, routeOf)`, and for any",
  "other server by `finished`. The route is the template (`/patients/:id`), never the path. Above 100 ms",
  "(`slowMillis`) a request is recorded as the telemetry event `http.request.slow`.",
  "",
  "`QueryMetrics` counts SQL statements: `watch(pool)` for `pg` and its likes, `QueryMetrics.layerTracer`",
  "for Effect's SQL clients, whose spans it reads, and `finished` for the rest. Above 10 ms a statement",
  "is recorded as `sql.query.slow`, with its text and `?` wherever a value stood. The text is read as",
  "its database reads it: PostgreSQL, MySQL, MariaDB, SQLite or SQL Server, by the span's",
  '`db.system.name`, or by `system` (`watch(pool, { system: "postgresql" })`). Where none or another is',
  "named, what is in double quotes or backticks is left out too, and from the first sign on that",
  "databases read differently, such as a backslash before a quote, all the rest.",
  "",
  "Both events are telemetry: they are sampled as others, and dropped, counted, where there is no room.",
  "",
]

/** The whole document. */
export const renderTelemetry = (): string =>
  [
    "# Telemetry",
    "",
    "`@countersign/monitor` reads a running engine, and the process around it, as metrics. It asks once",
    "a second for what the engine knows of itself, and nothing of it is in the way of an event.",
    "",
    "```ts",
    example,
    "```",
    "",
    "## The metrics",
    "",
    "A `counter` only grows, from 0 when the process starts. A `gauge` goes up and down. A `summary` has",
    "the count and the sum of many values since the start (`…_count`, `…_sum`), and under the label",
    `\`quantile\` (${quantiles.join(", ")}) how large those of the last minute were, to within 1 %.`,
    "What is not known is absent, and no metric stands for it with a 0.",
    "",
    ...groups.flatMap(({ instruments, title }) => [
      `### ${title}`,
      "",
      row(["metric", "kind", "unit", "labels", "what it says"]),
      row(["---", "---", "---", "---", "---"]),
      ...instruments.map(rowOf),
      "",
    ]),
    "Written by `npm run docs` from the table `metric/Instruments.ts`; a dashboard, a rule or a test that",
    "names another metric is red.",
    "",
    "## Of your own",
    "",
    "`metrics.counter`, `metrics.gauge` and `metrics.recorder` give plain objects whose `add`, `set` and",
    "`record` are calls without Effect. The same name and labels give the same object; keep it where it",
    "is used often. A name is checked when it is asked for (`AUD-6001`), those of Countersign's own begin",
    "with `countersign_`, and a metric has 200 series at most: what comes after shares one whose labels",
    "say `other`, and `countersign_metrics_overflow_total` counts it. So a label never fills the memory.",
    "`quantile`, `unit` and `time_unit` are the exporters' own labels.",
    "",
    "Another part of a program gives its figures by `metrics.source(() => samples)`, in each reading. One",
    "that throws says nothing that time, is counted in `countersign_metrics_failures_total`, and disturbs",
    "no other; so does a listener. Of series with the same name and labels the first is kept.",
    "",
    "A recorder is Node's own histogram (HdrHistogram). Two merge without a loss: `mergeInto`.",
    "",
    ...requests,
    "## Where it goes",
    "",
    "- **Prometheus**: `Prometheus.layer()` serves `http://127.0.0.1:9464/metrics`, and refuses a request",
    "  whose `Host` is not loopback's or one of `hosts`. `prometheusText` is the same as a text, for a",
    "  server of your own. Figures are those of the last second. Effect's registry tells metrics apart by",
    "  their unit, and the text does not: there, too, the first is kept, and a comment says how many are not.",
    "- **OTLP**: Effect's `OtlpMetrics.layer`, `Otlp.layerJson` or `Otlp.layerProtobuf` in the same runtime",
    "  send them with the application's own, since all are in Effect's registry.",
    "- **Grafana**: [countersign.json](../packages/monitor/dashboards/countersign.json) is a dashboard over a",
    "  Prometheus data source, which it asks for when it is imported.",
    "- **Your program**: `metrics.read()` now, `metrics.subscribe(listener)` each second.",
    "",
    "One engine a registry: two engines in one process need a `Metric.MetricRegistry` each.",
    "",
  ].join("\n")
