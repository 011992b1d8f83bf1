/** Looks at a day's directory as it lies there: file against tables, all against the trail. */
import * as path from "node:path"
import { verify } from "@countersign/core/trail/Verifier"
import type { VerifyReport } from "@countersign/core/trail/VerifyReport"
import * as Effect from "effect/Effect"
import { tables } from "./bankDay.ts"
import { type Day, readDay } from "./readDay.ts"
import { readTables, type TableFile } from "./readTables.ts"
import { type Line, reconcile } from "./reconcile.ts"
import { type TrailFacts, trailFacts } from "./trailFacts.ts"

export const dayFile = "day.dat"
export const trailName = "trail"

/** The day's own totals, which are looked at before the trail is closed as well. */
export interface Balance {
  readonly day: Day
  readonly files: ReadonlyArray<TableFile>
  readonly lines: ReadonlyArray<Line>
  /** What does not reconcile, a sentence each. */
  readonly problems: ReadonlyArray<string>
}

/** Reads the file record by record, reads the tables back, and compares both with the trailer. */
export const balance = Effect.fnUntraced(function* (directory: string) {
  const day = yield* readDay(path.join(directory, dayFile))
  const { files, totals } = yield* readTables(directory)
  const lines = reconcile(day, totals)
  const problems = [
    ...(lines.length === 0 ? [`${dayFile} has no trailer that can be read`] : []),
    ...lines.flatMap(({ measure, verdict }) =>
      verdict === "wrong" ? [`the ${measure.name} do not reconcile`] : [],
    ),
    ...(day.strays === 0
      ? []
      : [`${day.strays} transactions are not of the account that they come behind`]),
    ...files.flatMap(({ file, problem }) =>
      problem === undefined ? [] : [`${file} can't be read: ${problem}`],
    ),
  ]
  const found: Balance = { day, files, lines, problems }
  return found
})

export interface Evidence {
  readonly report: VerifyReport
  readonly facts: TrailFacts | undefined
  readonly problems: ReadonlyArray<string>
}

const digestProblems = (
  { digests }: TrailFacts,
  files: ReadonlyArray<{ readonly file: string; readonly sha256: string }>,
): ReadonlyArray<string> =>
  files.flatMap(({ file, sha256 }) => {
    const known = digests.get(file)
    if (known === undefined) return [`the trail knows nothing of ${file}`]
    return known.size === 1 && known.has(sha256)
      ? []
      : [`${file} is not the file that the trail speaks of: its SHA-256 is ${sha256}`]
  })

/** Verifies the trail, and compares what it says of files with the files. */
export const examine = Effect.fnUntraced(function* (
  directory: string,
  { day, files }: Pick<Balance, "day" | "files">,
) {
  const trail = path.join(directory, trailName)
  const report = yield* verify(trail)
  if (report.verdict !== "verified") {
    // What it says is no evidence.
    const detail = report.verdict === "tampered" ? report.firstBad.detail : report.reason
    const problems = [`the trail is ${report.verdict}: ${detail}`]
    return { report, facts: undefined, problems } satisfies Evidence
  }
  const facts = yield* trailFacts(trail)
  const named = [{ file: dayFile, sha256: day.sha256 }, ...files]
  const problems = [
    ...digestProblems(facts, named),
    ...(facts.rejected === day.rejected.length
      ? []
      : [`${day.rejected.length} records are rejected, and the trail has ${facts.rejected}`]),
  ]
  return { report, facts, problems } satisfies Evidence
})

/** What a directory of a day holds. */
export const dayFiles: ReadonlyArray<string> = [
  dayFile,
  ...tables.map(({ file }) => file),
  trailName,
]
