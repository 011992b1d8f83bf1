import { fork } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type Arguments, parseArguments, usage } from "./arguments.ts"
import type { Line, Measurement, Settings } from "./Line.ts"
import { readCommit, readMachine } from "./machine.ts"
import type { MeasureAnswer, MeasureOrder } from "./measure.ts"
import { measurements } from "./measurements.ts"
import { fillPageCache } from "./pageCache.ts"
import { isComplete, render, type Report, withReport } from "./Report.ts"
import { makeWork, removeWork, results, root } from "./scratch.ts"

/** Runs one measurement in a child process. Rejects with what went wrong there. */
const measure = (
  { flags = [], name }: Measurement,
  settings: Settings,
): Promise<ReadonlyArray<Line>> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL("./measure.ts", import.meta.url), {
      execArgv: [...process.execArgv, ...flags],
    })
    // Nothing here takes so long; what hangs would keep the whole run.
    const limit = setTimeout(() => child.kill("SIGKILL"), (settings.seconds * 20 + 600) * 1000)
    child.on("message", (answer: MeasureAnswer) => {
      if (answer._tag === "Done") resolve(answer.lines)
      else reject(new Error(answer.detail))
    })
    child.on("exit", (code, signal) => {
      clearTimeout(limit)
      reject(new Error(`ended with ${signal ?? `code ${code}`}`))
    })
    child.send({ name, settings } satisfies MeasureOrder)
  })

const run = async (given: Arguments): Promise<Report> => {
  const work = makeWork()
  process.on("exit", () => removeWork(work))
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1))
  const startedAt = new Date().toISOString()
  const before = os.loadavg()[0] ?? 0
  const pageMicros = given.quick ? 0 : fillPageCache(work)
  const lines: Array<Line> = []
  const failures: Array<Report["failures"][number]> = []
  for (const measurement of measurements) {
    const { name, table } = measurement
    const isNamed = given.only.includes(name) || (table !== undefined && given.only.includes(table))
    if (given.only.length > 0 ? !isNamed : table !== undefined) continue
    const from = performance.now()
    process.stderr.write(`${name} … `)
    try {
      lines.push(
        ...(await measure(measurement, { quick: given.quick, seconds: given.seconds, work })),
      )
      process.stderr.write(`${((performance.now() - from) / 1000).toFixed(0)} s\n`)
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause)
      failures.push({ name, detail })
      process.stderr.write(`failed\n${detail}\n`)
    }
  }
  return {
    startedAt,
    finishedAt: new Date().toISOString(),
    commit: readCommit(),
    machine: readMachine(work),
    load: [before, os.loadavg()[0] ?? 0],
    pageMicros,
    arguments: { seconds: given.seconds, quick: given.quick, only: given.only },
    lines,
    failures,
  }
}

const save = (report: Report): string => {
  const file = path.join(results, `${report.startedAt.replaceAll(/[:.]/g, "-")}.json`)
  fs.mkdirSync(results, { recursive: true })
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`, { flag: "wx" })
  return file
}

/** The newest result in which every row was measured at full length. */
const newestComplete = (): Report | undefined => {
  const files = fs.existsSync(results)
    ? fs.readdirSync(results).filter((file) => file.endsWith(".json"))
    : []
  for (const file of files.sort().reverse()) {
    // This program wrote it.
    const report = JSON.parse(fs.readFileSync(path.join(results, file), "utf8")) as Report
    if (isComplete(report)) return report
  }
  return undefined
}

const writeDocs = (report: Report | undefined, table?: string): string | undefined => {
  if (report === undefined) return "there is no complete result yet: run npm run bench first"
  if (!isComplete(report, table)) return "not everything could be measured, so nothing is written"
  const file = path.join(root, "docs/performance.md")
  const document = withReport(fs.readFileSync(file, "utf8"), report, table)
  if (document === undefined) return "docs/performance.md has lost the marks around its figures"
  fs.writeFileSync(file, document)
  console.log(`docs/performance.md: the figures of ${report.startedAt}`)
  return undefined
}

const complain = (problem: string | undefined): void => {
  if (problem === undefined) return
  console.error(problem)
  process.exitCode = 1
}

const names = measurements.map(({ name }) => name)
const tables = [...new Set(measurements.flatMap(({ table }) => table ?? []))]
const given = parseArguments(process.argv.slice(2), names, tables)
if (typeof given === "string") {
  console.error(`${given}\n\n${usage(names, tables)}`)
  process.exitCode = 2
} else if (given.help) {
  console.log(usage(names, tables))
} else if (given.writeDocs && given.only.length === 0) {
  complain(writeDocs(newestComplete()))
} else {
  const report = await run(given)
  const file = save(report)
  console.log(`\n${render(report)}\n\nevery round: ${path.relative(process.cwd(), file)}`)
  if (report.failures.length > 0) process.exitCode = 1
  if (given.writeDocs) complain(writeDocs(report, given.only[0]))
}
