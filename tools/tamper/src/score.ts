import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import { verifierKeyText } from "@countersign/core/testing/TrailFixture"
import { checkLog } from "@countersign/core/trail/LogVerifier"
import { parseVerifierKey } from "@countersign/core/trail/SignedNote"
import { verify } from "@countersign/core/trail/Verifier"
import type { VerifyReport } from "@countersign/core/trail/VerifyReport"
import type { Mutation } from "./Mutation.ts"
import type { Files } from "./sample.ts"

/** The key that the trails of this tool are verified with. */
export const verifierKey = Result.getOrThrow(parseVerifierKey(verifierKeyText()))

/** What is judged: the verifier, or in a test one that is wrong. */
export type Judge = (directory: string) => Effect.Effect<VerifyReport, DiskError, Disk>

/** The product's verifier, with the genuine key and the log. */
export const genuine: Judge = (directory) =>
  verify(directory, { verifierKey, workers: 0, log: checkLog(directory) })

/** How one entry of the list fared. */
export interface Row {
  readonly id: string
  tried: number
  caught: number
  readonly missed: Array<string>
}

/** Where the trails of this tool lie, in memory. */
export const directory = "/trail"

/** A disk with these files as a trail. */
export const makeMemory = (files: Files): MemoryDisk => {
  const memory = new MemoryDisk()
  Effect.runSync(memory.disk.makeDirectory(directory))
  for (const [name, bytes] of files) store(memory, name, bytes)
  return memory
}

const store = (memory: MemoryDisk, name: string, bytes: Buffer | undefined): void => {
  const file = `${directory}/${name}`
  if (bytes === undefined) {
    memory.files.delete(file)
    return
  }
  memory.put(file, "")
  const made = memory.files.get(file)
  if (made !== undefined) made.bytes = bytes
}

/** What a judge says of some files. A disk error is not a verdict, so it is thrown. */
const judged = (judge: Judge, memory: MemoryDisk): Promise<VerifyReport> =>
  Effect.runPromise(Effect.provideService(judge(directory), Disk, memory.disk))

/** Caught: another verdict than `verified`, and a place that is wrong or a part that is missing. */
const isCaught = (report: VerifyReport): boolean => {
  if (report.verdict === "tampered") return report.firstBad.path !== ""
  if (report.verdict === "unverifiable") return report.reason.includes("quorum")
  return report.verdict === "incomplete" && report.reason.includes("checkpoint")
}

/** Tries mutations one at a time, each on a trail that is otherwise whole. */
export const score = async (
  mutations: Iterable<Mutation>,
  judge: Judge = genuine,
): Promise<ReadonlyArray<Row>> => {
  const rows = new Map<string, Row>()
  const memories = new Map<Files, MemoryDisk>()
  for (const { edits, files, id, sentence } of mutations) {
    let memory = memories.get(files)
    if (memory === undefined) {
      memory = makeMemory(files)
      memories.set(files, memory)
      const { verdict } = await judged(judge, memory)
      // A verifier that refuses everything would catch everything.
      if (verdict !== "verified") throw new Error(`${verdict} before any change, at ${id}`)
    }
    const row = rows.get(id) ?? { id, tried: 0, caught: 0, missed: [] }
    rows.set(id, row)
    for (const [name, bytes] of edits) store(memory, name, bytes)
    row.tried += 1
    if (isCaught(await judged(judge, memory))) row.caught += 1
    else row.missed.push(sentence)
    for (const name of edits.keys()) store(memory, name, files.get(name))
  }
  return [...rows.values()]
}

/** One row for each entry of the list, in its order. */
export const summed = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  [...Map.groupBy(rows, ({ id }) => id)]
    .map(([id, same]) => ({
      id,
      tried: same.reduce((sum, row) => sum + row.tried, 0),
      caught: same.reduce((sum, row) => sum + row.caught, 0),
      missed: same.flatMap(({ missed }) => missed),
    }))
    .toSorted((left, right) => left.id.localeCompare(right.id, "en", { numeric: true }))

/** The verdict on a whole directory. */
export const verdictOn = async (files: Files, judge: Judge): Promise<string> =>
  (await judged(judge, makeMemory(files))).verdict
