/**
 * One process of a simulation: an engine over the disk that all share, and writers.
 *
 * Its clock, its disk, its random bytes and its name in the process table are its own. Killed, it
 * does nothing any more: its sleeps never end, its calls never return, and nobody hears it.
 *
 * @since 0.1.0
 */
import { deflateRawSync } from "node:zlib"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as EffectRandom from "effect/Random"
import * as References from "effect/References"
import * as Scheduler from "effect/Scheduler"
import * as Scope from "effect/Scope"
import { around } from "../Around.ts"
import { AuditRefused, AuditUnavailable } from "../engine/AuditError.ts"
import { Deflate } from "../engine/Archivist.ts"
import type { AuditEngine } from "../engine/AuditEngine.ts"
import type { EngineOptions } from "../engine/EngineOptions.ts"
import { openEngine } from "../engine/OpenEngine.ts"
import { verifySelf } from "../engine/SelfVerification.ts"
import type { Sink } from "../engine/Sink.ts"
import { Disk } from "../platform/Disk.ts"
import { type ProcessName, ProcessTable } from "../platform/ProcessTable.ts"
import { RandomBytes } from "../platform/RandomBytes.ts"
import type { Receipt, RecordError } from "../Receipt.ts"
import * as Recorder from "../Recorder.ts"
import { Signer, SignerError } from "../signer/Signer.ts"
import { type Random, randomOf } from "../testing/SeededRandom.ts"
import { EntryHasher, inThisThread } from "../trail/EntryHasher.ts"
import type { Note, Told } from "./History.ts"
import { isScripted, ProcessDisk } from "./ProcessDisk.ts"
import type { Burst, StageTrouble } from "./Schedule.ts"
import { eventOf } from "./SimulatedEvent.ts"
import { ProcessClock, type Timeline } from "./Timeline.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ProcessOptions {
  readonly number: number
  readonly seed: number
  readonly timeline: Timeline
  readonly disk: Disk["Service"]
  readonly signer: Signer["Service"]
  readonly engine: EngineOptions
  readonly sinks: (process: SimulatedProcess) => ReadonlyArray<Sink>
  /** What the bug of a canary makes of the disk. */
  readonly spoil: (disk: Disk["Service"]) => Disk["Service"]
  readonly isAlive: (name: ProcessName) => boolean
  readonly note: (happening: Note) => void
  /** Told of what must never happen. */
  readonly trouble: (what: string) => void
  /** How many happenings there are. */
  readonly noted: () => number
  /** Size of the checkpoint on the disk. */
  readonly signedSize: () => number
}

/** What a schedule lets a stage throw. */
class ScriptedDefect extends Error {}

/** A way for an effect to end that the simulation can look at. */
interface Running {
  exit: Exit.Exit<unknown, unknown> | undefined
}

const toldOf = (exit: Exit.Exit<Receipt, RecordError>): Told | "defect" => {
  if (Exit.isSuccess(exit)) {
    const { level } = exit.value
    // Nobody here asks for it.
    return level === "delivered" ? "defect" : level
  }
  const [reason] = exit.cause.reasons
  if (reason?._tag === "Interrupt") return "unknown"
  if (reason?._tag !== "Fail") return "defect"
  const { error } = reason
  if (error instanceof AuditRefused || error instanceof AuditUnavailable) {
    return error.recorded === "no" ? "refused" : "unknown"
  }
  return "defect"
}

/**
 * @category models
 * @since 0.1.0
 */
export class SimulatedProcess {
  readonly number: number
  readonly name: ProcessName
  readonly clock: ProcessClock
  readonly calls: ProcessDisk
  isAlive = true
  /** Whether a call of its disk has failed, or taken its time. */
  hasMetFault = false
  engine: AuditEngine | undefined
  private readonly options: ProcessOptions
  private readonly disk: Disk["Service"]
  private readonly random: Random
  private readonly scope = Scope.makeUnsafe()
  private readonly services: Context.Context<Disk | Signer | Scope.Scope>
  private readonly troubles: Array<{ readonly stage: StageTrouble; after: number; times: number }> =
    []
  private issued = 0

  constructor(options: ProcessOptions) {
    const { disk, isAlive, number, seed, signer, spoil, timeline } = options
    const alive = (): boolean => this.isAlive
    this.options = options
    this.number = number
    this.name = { pid: number, started: `${seed}`, host: "simulation", boot: "simulation" }
    this.random = randomOf(seed * 1_000 + number)
    this.clock = new ProcessClock(timeline, alive)
    this.calls = new ProcessDisk({
      disk,
      clock: this.clock,
      random: randomOf(seed * 1_000 + number + 500),
      isAlive: alive,
      failed: (fault) => {
        this.hasMetFault = true
        this.note({ what: "fault", fault })
      },
    })
    this.disk = spoil(this.calls.disk)
    this.services = Context.make(Disk, this.disk).pipe(
      Context.add(Signer, { ...signer, sign: (bytes) => this.sign(bytes, signer) }),
      Context.add(Scope.Scope, this.scope),
      Context.add(Clock.Clock, this.clock),
      Context.add(Scheduler.Scheduler, timeline.scheduler),
      Context.add(EffectRandom.Random, {
        nextIntUnsafe: () => Math.floor(this.random() * 2 ** 32) - 2 ** 31,
        nextDoubleUnsafe: this.random,
      }),
      Context.add(References.CurrentLoggers, new Set()),
      Context.add(EntryHasher, (job) => this.meet("tree", inThisThread(job))),
      Context.add(Deflate, (bytes) => Effect.sync(() => deflateRawSync(bytes))),
      Context.add(ProcessTable, { self: () => this.name, isAlive }),
      Context.add(RandomBytes, (target) => {
        for (let at = 0; at < target.length; at++) target[at] = Math.floor(this.random() * 256)
      }),
    )
  }

  /** Opens the trail and starts the engine. */
  open(): Running {
    return this.start(
      Effect.map(openEngine(this.options.engine, this.options.sinks(this)), (engine) => {
        this.engine = engine
        this.breakLanes(engine)
        this.note({
          what: "opened",
          process: this.number,
          fence: engine.trail.lease.fence,
          size: engine.trail.recovered.nextSequence,
        })
      }),
    )
  }

  /** Ends the process in order. */
  close(): Running {
    const { engine } = this
    return this.start(
      Effect.andThen(
        Effect.suspend(() =>
          engine === undefined
            ? Effect.void
            : Effect.map(engine.close, () =>
                this.note({
                  what: "closed",
                  process: this.number,
                  accounts: engine.status().accounts,
                }),
              ),
        ),
        Scope.close(this.scope, Exit.void),
      ),
    )
  }

  /** From here on it does nothing any more, whatever was under way. */
  kill(how: string): void {
    this.note({ what: "ended", process: this.number, how })
    this.isAlive = false
  }

  /** The last synchronous moments of a process. */
  gasp(): void {
    const { engine } = this
    if (engine === undefined) return
    const since = this.options.noted()
    try {
      engine.lastGaspUnsafe()
      const lost = engine.status().accounts.reduce((sum, account) => sum + account.lost, 0)
      // One that was replaced writes nothing.
      if (engine.trail.lease.isHeldUnsafe() && engine.door.state !== "closed") {
        this.note({ what: "flushed", process: this.number, since, lost })
      }
    } catch (error) {
      this.hasMetFault = true
      if (isScripted(error)) this.note({ what: "fault", fault: `last gasp ${error.errno}` })
      // A stage's code runs there as well, and throws where the schedule says so.
      else if (error instanceof ScriptedDefect)
        this.note({ what: "fault", fault: "last gasp throws" })
      else this.options.trouble(`the last gasp of process ${this.number}: ${tagOf(error)}`)
    }
  }

  /** The stage throws at its next calls. */
  break(stage: StageTrouble, after: number, times: number): void {
    this.troubles.push({ stage, after, times })
  }

  /** No call to come fails. */
  heal(): void {
    this.troubles.length = 0
    this.calls.heal()
  }

  flush(): Running {
    const since = this.options.noted()
    return this.withEngine((engine) =>
      Effect.map(engine.flush, () => {
        const lost = engine.status().accounts.reduce((sum, account) => sum + account.lost, 0)
        this.note({ what: "flushed", process: this.number, since, lost })
      }),
    )
  }

  publish(): Running {
    return this.withEngine((engine) => engine.publish)
  }

  verify(): Running {
    return this.withEngine((engine) => verifySelf(engine, this.disk))
  }

  /** Records a burst of events; tells of each what its writer was told. */
  write(burst: Burst): void {
    const { engine } = this
    if (engine === undefined) return
    const record = Recorder.make(engine, this.clock)
    const each = Effect.suspend(() => this.one(engine, record, burst))
    const list = Array.from({ length: burst.count }, () => each)
    this.start(
      burst.inTurn
        ? Effect.forEach(list, (one) => one, { discard: true })
        : Effect.forEach(list, (one) => one, { discard: true, concurrency: "unbounded" }),
    )
  }

  private one(
    engine: AuditEngine,
    record: ReturnType<typeof Recorder.make>,
    burst: Burst,
  ): Effect.Effect<void> {
    this.issued += 1
    const id = `${this.number}-${this.issued}`
    const offered = { process: this.number, id, writer: burst.writer, class: burst.class }
    const event = eventOf(id, burst)
    const until = burst.until === undefined ? {} : { until: burst.until }
    this.note({ what: "offered", ...offered })
    switch (burst.door) {
      case "now": {
        const verdict = engine.door.record(event)
        const told = { Accepted: "accepted", Dropped: "dropped", Refused: "refused" } as const
        this.note({ what: "told", process: this.number, id, told: told[verdict._tag] })
        return Effect.void
      }
      case "record":
        return Effect.map(Effect.exit(record(event, until)), (exit) => this.tell(id, exit))
      case "around": {
        const recorded = (input: Parameters<typeof record>[0]) =>
          Effect.onExit(record(input), (exit) =>
            Effect.sync(() => {
              if (input.id === id) this.tell(id, exit)
            }),
          )
        const action = Effect.sync(() => this.note({ what: "acted", id, class: burst.class }))
        return Effect.map(Effect.exit(around(recorded, this.clock, event, action)), (exit) => {
          if (Exit.isSuccess(exit)) this.note({ what: "returned", id, class: burst.class })
        })
      }
    }
  }

  private tell(id: string, exit: Exit.Exit<Receipt, RecordError>): void {
    const told = toldOf(exit)
    if (told === "defect") {
      if (this.isAlive) this.options.trouble(`the record ${id} died: ${String(exit)}`)
      return
    }
    const sequence = Exit.isSuccess(exit) ? exit.value.sequence : undefined
    this.note({
      what: "told",
      process: this.number,
      id,
      told,
      ...(sequence === undefined ? {} : { sequence }),
      ...(told === "published" ? { signed: this.options.signedSize() } : {}),
    })
  }

  private withEngine(use: (engine: AuditEngine) => Effect.Effect<unknown, unknown>): Running {
    const { engine } = this
    return this.start(engine === undefined ? Effect.void : use(engine))
  }

  private start(effect: Effect.Effect<unknown, unknown, Disk | Signer | Scope.Scope>): Running {
    const running: Running = { exit: undefined }
    Effect.runForkWith(this.services)(effect).addObserver((exit) => {
      running.exit = exit
    })
    return running
  }

  private note(happening: Note): void {
    if (this.isAlive) this.options.note(happening)
  }

  private next(stage: StageTrouble): boolean {
    const trouble = this.troubles.find((each) => each.stage === stage)
    if (trouble === undefined || !this.isAlive) return false
    if (trouble.after > 0) {
      trouble.after -= 1
      return false
    }
    trouble.times -= 1
    if (trouble.times === 0) this.troubles.splice(this.troubles.indexOf(trouble), 1)
    this.note({ what: "fault", fault: `stage ${stage}` })
    return true
  }

  private meet<A, E>(stage: StageTrouble, effect: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.suspend(() =>
      this.next(stage) ? Effect.die(new Error(`a scripted defect of ${stage}`)) : effect,
    )
  }

  private sign(bytes: Uint8Array, signer: Signer["Service"]) {
    return Effect.suspend(() =>
      this.next("sign")
        ? Effect.fail(new SignerError({ key: "simulation", isRetryable: true, detail: "scripted" }))
        : this.meet("sign-throws", signer.sign(bytes)),
    )
  }

  /** The two stages that call no service throw where they read the lanes. */
  private breakLanes(engine: AuditEngine): void {
    for (const lane of engine.intake.lanes) {
      const copy = lane.copy.bind(lane)
      const idOf = lane.idOf.bind(lane)
      lane.copy = (...given) => {
        if (this.next("pool")) throw new ScriptedDefect("pool")
        return copy(...given)
      }
      lane.idOf = (slot) => {
        if (this.next("sample")) throw new ScriptedDefect("sample")
        return idOf(slot)
      }
    }
  }
}

const tagOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${error.message}` : String(error)
