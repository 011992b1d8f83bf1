/** Cycles of kill -9 under load, each followed by a recovery and a check. */
import * as fs from "node:fs"
import * as path from "node:path"
import { openAudit } from "@countersign/core/NodeAudit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { Disk } from "@countersign/core/platform/Disk"
import type { Checkpoint } from "@countersign/core/trail/Checkpoint"
import { rootAt } from "@countersign/core/trail/MerkleProof"
import { randomOf, wholeBelow } from "@countersign/core/testing/SeededRandom"
import * as TrailReader from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type FoundEvent, History } from "./History.ts"
import { loadUntilKilled, type Moments } from "./LoadRun.ts"

const cyclesBetweenVerifications = 25
// Verifying takes a second from here on, and the tree has had all of its shapes.
const entriesMax = 500_000

export interface Outcome {
  readonly cycles: number
  acknowledged: number
  found: number
  lost: number
  invented: number
  disordered: number
  failedVerifications: number
  readonly recoveryMillis: Array<number>
  readonly problems: Array<string>
}

interface Trail {
  readonly directory: string
  readonly history: History
  readonly checkpoints: Array<Checkpoint>
  size: number
}

const eventOf = ({ bytes, sequence }: TrailReader.TrailEntry): FoundEvent => {
  const event: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"))
  const has = typeof event === "object" && event !== null && "id" in event && "type" in event
  if (!has) return { sequence, id: `unnamed ${sequence}`, type: "unnamed" }
  return { sequence, id: String(event.id), type: String(event.type) }
}

const run = <A, E>(effect: Effect.Effect<A, E, Disk>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeDisk.layer))

/** The checkpoint, kept. Counts the earlier ones that the tree no longer continues. */
const forksAt = (trail: Trail): Effect.Effect<number, unknown, Disk> =>
  Effect.gen(function* () {
    const signed = yield* TrailReader.readCheckpoint(trail.directory)
    if (signed === undefined) return trail.checkpoints.length
    const { checkpoint } = signed
    trail.checkpoints.push(checkpoint)
    const disk = yield* Disk
    const read = TrailReader.readFileOf(disk, trail.directory)
    const hashAt = TrailReader.hashAtUnsafe(trail.directory, checkpoint.size, read)
    return trail.checkpoints.filter(
      ({ root, size }) =>
        size > checkpoint.size || Buffer.compare(rootAt(size, hashAt), Buffer.from(root)) !== 0,
    ).length
  })

const recover = async (trail: Trail, outcome: Outcome): Promise<void> => {
  const began = performance.now()
  const audit = await openAudit({ directory: trail.directory, signals: false })
  outcome.recoveryMillis.push(performance.now() - began)
  await audit.close()
  const missing = audit.status().accounts.reduce((sum, one) => sum + Math.abs(one.missing), 0)
  if (missing !== 0) outcome.problems.push(`the ledger of a recovery misses ${missing}`)
}

const verified = async (trail: Trail, outcome: Outcome): Promise<void> => {
  const report = await run(verify(trail.directory))
  if (report.verdict === "verified") return
  outcome.failedVerifications += 1
  outcome.problems.push(`${trail.directory}: ${JSON.stringify(report).slice(0, 1_000)}`)
}

const check = async (trail: Trail, outcome: Outcome): Promise<ReadonlyArray<FoundEvent>> => {
  const forks = await run(forksAt(trail))
  if (forks > 0) {
    outcome.failedVerifications += 1
    outcome.problems.push(`${forks} earlier checkpoints are not continued`)
  }
  const range = { from: trail.size }
  const events = await run(
    TrailReader.entries(trail.directory, range).pipe(Stream.map(eventOf), Stream.runCollect),
  )
  trail.size += events.length
  return [...events]
}

const finish = async (trail: Trail, outcome: Outcome): Promise<void> => {
  await verified(trail, outcome)
  const { acknowledged, disordered, found, invented, lost } = trail.history
  outcome.acknowledged += acknowledged
  outcome.found += found
  outcome.lost += lost
  outcome.invented += invented
  outcome.disordered += disordered
}

export interface KillNine extends Omit<Moments, "killAfterMillis"> {
  readonly parent: string
  readonly cycles: number
  /** Decides the moments of the kills, as far as the clock lets it. */
  readonly seed: number
  /** From the opened trail to the kill, in milliseconds. Default: 0 to 119, by the seed. */
  readonly killAfterMillis?: number
}

/** Runs the cycles. A trail with a problem stays on the disk; the others are removed. */
export const killNine = async (options: KillNine): Promise<Outcome> => {
  const { cycles, parent } = options
  const outcome: Outcome = {
    cycles,
    acknowledged: 0,
    found: 0,
    lost: 0,
    invented: 0,
    disordered: 0,
    failedVerifications: 0,
    recoveryMillis: [],
    problems: [],
  }
  const fresh = (cycle: number): Trail => {
    const directory = path.join(parent, `trail-${cycle}`)
    return { directory, history: new History(), checkpoints: [], size: 0 }
  }
  let trail = fresh(0)
  const random = randomOf(options.seed)
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const moments = {
      ...options,
      killAfterMillis: options.killAfterMillis ?? wholeBelow(random, 120),
    }
    const load = await loadUntilKilled(trail.directory, cycle, moments)
    outcome.problems.push(...load.problems.map((problem) => `cycle ${cycle}: ${problem}`))
    try {
      await recover(trail, outcome)
    } catch (cause) {
      outcome.failedVerifications += 1
      outcome.problems.push(`cycle ${cycle}: no recovery: ${String(cause)}`)
      trail.history.add(cycle, load.acknowledged, [])
      break
    }
    trail.history.add(cycle, load.acknowledged, await check(trail, outcome))
    if (cycle % cyclesBetweenVerifications === cyclesBetweenVerifications - 1) {
      await verified(trail, outcome)
    }
    if (trail.size < entriesMax || cycle === cycles - 1) continue
    await finish(trail, outcome)
    if (outcome.problems.length === 0) fs.rmSync(trail.directory, { recursive: true })
    trail = fresh(cycle + 1)
  }
  await finish(trail, outcome)
  return outcome
}

/** Whether everything that was promised was kept. */
export const isSound = (outcome: Outcome): boolean =>
  outcome.lost + outcome.invented + outcome.disordered + outcome.failedVerifications === 0 &&
  outcome.problems.length === 0
