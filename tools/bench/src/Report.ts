/** A run of the benchmarks, as a table for people and a file for programs. */
import { type Goal, type Line, verdictOf } from "./Line.ts"
import type { Machine } from "./machine.ts"

export interface Report {
  readonly startedAt: string
  readonly finishedAt: string
  readonly commit: string
  readonly machine: Machine
  /** Work that waits for a processor, over one minute: before the run and after. */
  readonly load: readonly [before: number, after: number]
  /** What the first touch of a free page of memory took, on average. Units: microseconds. */
  readonly pageMicros: number
  readonly arguments: {
    readonly seconds: number
    readonly quick: boolean
    readonly only: ReadonlyArray<string>
  }
  readonly lines: ReadonlyArray<Line>
  readonly failures: ReadonlyArray<{ readonly name: string; readonly detail: string }>
}

/** Every row, or every row of a table of its own, at full length, in one run: what may stand in a document. */
export const isComplete = (report: Report, table?: string): boolean =>
  !report.arguments.quick &&
  report.arguments.only.join() === (table ?? "") &&
  report.failures.length === 0

const plain = (value: number): string => {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US")
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
}

const figure = ({ unit, value }: { readonly value: number; readonly unit: string }): string =>
  unit.startsWith("/") ? `${plain(value)}${unit}` : `${plain(value)} ${unit}`

const bound = (goal: Goal, value: number | undefined): string =>
  value === undefined ? "–" : `${goal.direction === "atLeast" ? "≥" : "≤"} ${value} ${goal.unit}`

const ratioOf = ({ ratio }: Line): string =>
  ratio === undefined
    ? "–"
    : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`

const head = ["what", "ours", "peer or control", "ratio (range)", "least", "aim", "verdict"]

const cellsOf = (line: Line): ReadonlyArray<string> => [
  line.title,
  // A percentage is worked out from both sides, so it stands beside the first of them.
  line.goal.unit === "%" && line.ours.unit !== "%"
    ? `${figure(line.ours)}, ${line.judged < 0 ? "+" : "−"}${plain(Math.abs(line.judged))} %`
    : figure(line.ours),
  line.peer === undefined ? "–" : `${line.peer.name} ${figure(line.peer)}`,
  ratioOf(line),
  bound(line.goal, line.goal.least),
  bound(line.goal, line.goal.aim),
  verdictOf(line),
]

/** The table and what belongs to it, without colours. */
export const render = (report: Report): string => {
  const rows = [head, ...report.lines.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  )
  const [title = "", ...body] = text
  const { machine } = report
  const seconds = report.arguments.quick
    ? "quick: these numbers show that it runs, and measure nothing"
    : `sustained for ${report.arguments.seconds} s`
  const touch =
    report.pageMicros === 0
      ? ""
      : `, ${report.pageMicros.toFixed(1)} µs for the first touch of a page`
  return [
    title,
    widths.map((width) => "-".repeat(width)).join("  "),
    ...body,
    ...report.failures.map(({ detail, name }) => `${name}: failed: ${detail.split("\n")[0]}`),
    "",
    ...notesOf(report.lines),
    "",
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.disk}`,
    `${machine.kernel}, Node ${machine.node}, load ${report.load.map((load) => load.toFixed(1)).join(" → ")}${touch}`,
    `${report.startedAt}, commit ${report.commit}, ${seconds}`,
  ].join("\n")
}

/** Each note once, under the names of the lines that it is about. */
const notesOf = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const namesByNote = new Map<string, Array<string>>()
  for (const line of lines) {
    for (const note of line.notes) {
      const names = namesByNote.get(note) ?? []
      names.push(line.name)
      namesByNote.set(note, names)
    }
  }
  return [...namesByNote].map(([note, names]) => `${names.join(", ")}: ${note}`)
}

/** What stands around a table in a document: around that of a full run, or of a table beside it. */
const marksOf = (table: string | undefined): readonly [begin: string, end: string] =>
  table === undefined
    ? ["<!-- bench: written by npm run bench -- --write-docs -->", "<!-- bench: end -->"]
    : [
        `<!-- bench ${table}: written by npm run bench -- --only ${table} --write-docs -->`,
        `<!-- bench ${table}: end -->`,
      ]

/**
 * The document with the report between its marks; `undefined` where it has no marks.
 *
 * @param table one that is not the main one
 */
export const withReport = (
  document: string,
  report: Report,
  table?: string,
): string | undefined => {
  const [begin, end] = marksOf(table)
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) return undefined
  const block = `${begin}\n\n\`\`\`text\n${render(report)}\n\`\`\`\n\n`
  return document.slice(0, from) + block + document.slice(to)
}
