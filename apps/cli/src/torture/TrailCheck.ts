/** A tortured trail: recovered, read, compared with what was acknowledged and signed. */
import * as fs from "node:fs"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import { openAudit } from "@countersign/core/NodeAudit"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import type { Checkpoint } from "@countersign/core/trail/Checkpoint"
import { rootAt } from "@countersign/core/trail/MerkleProof"
import * as TrailReader from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type FoundEvent, History } from "./History.ts"
import type { LoadChild } from "./LoadChild.ts"
import type { Outcome } from "./Outcome.ts"

const eventOf = ({ bytes, sequence }: TrailReader.TrailEntry): FoundEvent => {
  const event: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"))
  const has = typeof event === "object" && event !== null && "id" in event && "type" in event
  if (!has) return { sequence, id: `unnamed ${sequence}`, type: "unnamed", time: Number.NaN }
  const time = "time" in event ? Date.parse(String(event.time)) : Number.NaN
  return { sequence, id: String(event.id), type: String(event.type), time }
}

const run = <A, E>(effect: Effect.Effect<A, E, Disk>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeDisk.layer))

/** The size that the newest checkpoint speaks of. */
export const signedSizeOf = async (directory: string): Promise<number> =>
  (await run(TrailReader.readCheckpoint(directory)))?.checkpoint.size ?? 0

export class TrailCheck {
  readonly directory: string
  /** Entries that were checked. */
  size = 0
  private readonly config: AuditConfigInput
  private readonly outcome: Outcome
  private readonly history = new History()
  private readonly checkpoints: Array<Checkpoint> = []
  private readonly problemsBefore: number

  constructor(directory: string, config: AuditConfigInput, outcome: Outcome) {
    this.directory = directory
    this.config = config
    this.outcome = outcome
    this.problemsBefore = outcome.problems.length
    outcome.trails += 1
  }

  /** Compares what was acknowledged as published with the checkpoint that the kill left. */
  async checkPublished(published: ReadonlyArray<number>): Promise<void> {
    const { directory, outcome } = this
    outcome.published += published.length
    if (published.length === 0) return
    const signed = await signedSizeOf(directory).catch((cause: unknown) => {
      this.fail(`its checkpoint can't be read: ${String(cause)}`)
      return 0
    })
    const uncovered = published.filter((sequence) => sequence >= signed).length
    outcome.uncovered += uncovered
    if (uncovered > 0) {
      const what = `${uncovered} of ${published.length} entries acknowledged as published`
      outcome.problems.push(`${directory}: ${what} are beyond the checkpoint of ${signed}`)
    }
  }

  /** Opens the trail as an engine does, and closes it. Rejects where it can't be opened. */
  async recover(): Promise<void> {
    const { config, directory, outcome } = this
    const began = performance.now()
    const audit = await openAudit({ ...config, directory, signals: false }, { env: {} })
    outcome.recoveryMillis.push(performance.now() - began)
    await audit.close()
    const missing = audit.status().accounts.reduce((sum, one) => sum + Math.abs(one.missing), 0)
    if (missing !== 0) outcome.problems.push(`the ledger of a recovery misses ${missing}`)
  }

  /**
   * Reads what is new, and compares all checkpoints seen so far with the tree. `undefined` where
   * it can't be read, which is booked.
   */
  async read(): Promise<ReadonlyArray<FoundEvent> | undefined> {
    try {
      const forks = await run(this.forks())
      if (forks > 0) this.fail(`${forks} earlier checkpoints are not continued`)
      const entries = TrailReader.entries(this.directory, { from: this.size })
      const events = await run(entries.pipe(Stream.map(eventOf), Stream.runCollect))
      this.size += events.length
      this.outcome.entries += events.length
      return events
    } catch (cause) {
      this.fail(`can't be read back: ${String(cause)}`)
      return undefined
    }
  }

  /** Compares one cycle's acknowledgements with what was found of it. */
  compare(
    cycle: number,
    { acknowledged, issued }: Pick<LoadChild, "acknowledged" | "issued">,
    events: ReadonlyArray<FoundEvent>,
  ): void {
    this.history.add(cycle, acknowledged, issued, events)
  }

  /** Recomputes the whole trail. */
  async verify(): Promise<void> {
    this.outcome.verifications += 1
    try {
      const report = await run(verify(this.directory))
      if (report.verdict !== "verified") this.fail(JSON.stringify(report).slice(0, 1_000))
    } catch (cause) {
      this.fail(`can't be verified: ${String(cause)}`)
    }
  }

  /**
   * Books what was found. The files go where all is well, and stay as evidence where not.
   *
   * @returns whether they stay
   */
  finish(): boolean {
    const { history, outcome } = this
    outcome.acknowledged += history.acknowledged
    outcome.found += history.found
    outcome.duplicated += history.duplicated
    outcome.lost += history.lost
    outcome.invented += history.invented
    outcome.disordered += history.disordered
    const wrong = history.lost + history.duplicated + history.invented + history.disordered
    const isKept = wrong > 0 || outcome.problems.length > this.problemsBefore
    if (!isKept) fs.rmSync(this.directory, { recursive: true, force: true })
    return isKept
  }

  private fail(problem: string): void {
    this.outcome.failedVerifications += 1
    this.outcome.problems.push(`${this.directory}: ${problem}`)
  }

  /** The checkpoint, kept. Counts the earlier ones that the tree no longer continues. */
  private forks(): Effect.Effect<number, unknown, Disk> {
    const { checkpoints, directory } = this
    return Effect.gen(function* () {
      const signed = yield* TrailReader.readCheckpoint(directory)
      if (signed === undefined) return checkpoints.length
      const { checkpoint } = signed
      checkpoints.push(checkpoint)
      const disk = yield* Disk
      const read = TrailReader.readFileOf(disk, directory)
      const hashAt = TrailReader.hashAtUnsafe(directory, checkpoint.size, read)
      return checkpoints.filter(
        ({ root, size }) =>
          size > checkpoint.size || Buffer.compare(rootAt(size, hashAt), Buffer.from(root)) !== 0,
      ).length
    })
  }
}
