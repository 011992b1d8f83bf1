import { assert, describe, it } from "@effect/vitest"
import { type Line, verdictOf } from "./Line.ts"
import { isComplete, render, type Report, withReport } from "./Report.ts"

const line: Line = {
  name: "durable",
  title: "durable events, against pino",
  ours: { value: 250_000.4, unit: "/s" },
  peer: { name: "pino", value: 200_000, unit: "/s" },
  ratio: { median: 1.25, low: 1.2, high: 1.31 },
  judged: 1.25,
  goal: { direction: "atLeast", least: 1.2, aim: 2, unit: "×" },
  rounds: [],
  notes: ["11 pairs"],
}

const report: Report = {
  startedAt: "2026-11-21T09:00:00.000Z",
  finishedAt: "2026-11-21T09:10:00.000Z",
  commit: "abc",
  machine: {
    processor: "A processor",
    cores: 2,
    memoryGiB: 24,
    kernel: "Linux 6",
    node: "v26.10.0",
    disk: "virtual disk, ext4",
  },
  pageMicros: 1,
  load: [0.1, 1.4],
  arguments: { seconds: 60, quick: false, only: [] },
  lines: [line],
  failures: [],
}

describe("verdictOf", () => {
  it("tells the aim from the least, in both directions", () => {
    assert.strictEqual(verdictOf({ ...line, judged: 2 }), "met")
    assert.strictEqual(verdictOf({ ...line, judged: 1.2 }), "least met")
    assert.strictEqual(verdictOf({ ...line, judged: 1.19 }), "short")
    const goal = { direction: "atMost", least: 25, aim: 5, unit: "ms" } as const
    assert.strictEqual(verdictOf({ goal, judged: 5 }), "met")
    assert.strictEqual(verdictOf({ goal, judged: 6 }), "least met")
    assert.strictEqual(verdictOf({ goal, judged: 26 }), "short")
  })

  it("takes the only number for the aim where there is one", () => {
    const goal = { direction: "atMost", least: 50, unit: "MiB" } as const
    assert.strictEqual(verdictOf({ goal, judged: 50 }), "met")
  })

  it("calls a number that is none short", () => {
    assert.strictEqual(verdictOf({ ...line, judged: Number.NaN }), "short")
  })
})

describe("Report", () => {
  it("shows what something costs as a loss, and a gain as one", () => {
    const goal = { direction: "atMost", least: 2, unit: "%" } as const
    const shown = (judged: number) => render({ ...report, lines: [{ ...line, judged, goal }] })
    assert.include(shown(1.5), "250,000/s, −1.50 %")
    assert.include(shown(-1.5), "250,000/s, +1.50 %")
    const share = { ...line, ours: { value: 1.5, unit: "%" }, judged: 1.5, goal }
    assert.notInclude(render({ ...report, lines: [share] }), "−1.50 %")
  })

  it("shows a line with both sides, its range and its verdict", () => {
    const [, , row = ""] = render(report).split("\n")
    assert.strictEqual(
      row.replaceAll(/ {2,}/g, " | "),
      "durable events, against pino | 250,000/s | pino 200,000/s | 1.25 (1.20–1.31) | ≥ 1.2 × | ≥ 2 × | least met",
    )
  })

  it("says a note once, for all lines that share it", () => {
    const text = render({ ...report, lines: [line, { ...line, name: "other" }] })
    assert.strictEqual(text.split("11 pairs").length, 2)
    assert.include(text, "durable, other: 11 pairs")
  })

  it("says that a quick run measures nothing, and keeps it out of documents", () => {
    const quick = { ...report, arguments: { ...report.arguments, quick: true } }
    assert.include(render(quick), "measure nothing")
    assert.isFalse(isComplete(quick))
    assert.isFalse(isComplete({ ...report, failures: [{ name: "http", detail: "no" }] }))
    assert.isTrue(isComplete(report))
  })

  it("replaces what stands between the marks, again and again", () => {
    const document =
      "# Title\n\n<!-- bench: written by npm run bench -- --write-docs -->\n\nnone yet\n\n<!-- bench: end -->\n\nAfter.\n"
    const once = withReport(document, report) ?? ""
    assert.notInclude(once, "none yet")
    assert.include(once, "250,000/s")
    assert.isTrue(once.endsWith("<!-- bench: end -->\n\nAfter.\n"))
    assert.strictEqual(withReport(once, report), once)
  })

  it("replaces the table of what is measured apart, and nothing else", () => {
    const marks = ["bench", "bench sizes", "bench other"].map((name) => {
      const only = name.split(" ")[1]
      const command = only === undefined ? "" : `--only ${only} `
      return `<!-- ${name}: written by npm run bench -- ${command}--write-docs -->\nold\n<!-- ${name}: end -->\n`
    })
    const written = withReport(marks.join(""), report, "sizes") ?? ""
    const [all = "", , other = ""] = marks
    assert.isTrue(written.startsWith(all))
    assert.isTrue(written.endsWith(other))
    assert.include(written, "250,000/s")
    assert.strictEqual(written.split("old").length, 3)
    const apart = { ...report, arguments: { ...report.arguments, only: ["sizes"] } }
    assert.isTrue(isComplete(apart, "sizes"))
    assert.isFalse(isComplete(apart))
    assert.isFalse(isComplete(report, "sizes"))
  })

  it("does not guess where a document without marks wants it", () => {
    assert.isUndefined(withReport("# Title\n", report))
  })
})
