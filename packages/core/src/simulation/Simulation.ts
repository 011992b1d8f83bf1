/**
 * A deterministic simulation of the whole engine: one seed is one schedule of writers, faults and
 * restarts, and gives one history.
 *
 * A room of its own and not a part of `testing/`, since it stands on the engine and the test kit
 * alike. Everything runs in this thread, in turns that only the simulation starts: time is a
 * {@link Timeline}, the disk lies in memory, random bytes come from the seed, and hashing and
 * compression stay here. What is left of the outside: `performance.now` in the door, which only an
 * adaptive sampling rate reads, and the rate is fixed here.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Sink } from "../engine/Sink.ts"
import type { Disk } from "../platform/Disk.ts"
import { MemoryStore } from "../testing/MemorySink.ts"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { randomOf } from "../testing/SeededRandom.ts"
import * as Checkpoint from "../trail/Checkpoint.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { tileWidth } from "../trail/Tile.ts"
import { parseSegmentName } from "../trail/WriteAheadLog.ts"
import { aftermath } from "./Aftermath.ts"
import type { Happening, History, Note } from "./History.ts"
import { probe } from "./Probe.ts"
import { type Ending, type Step, scheduleOf } from "./Schedule.ts"
import * as ScriptedSink from "./ScriptedSink.ts"
import {
  directory,
  engineOptions,
  simulationSigner,
  spentMax,
  verifierKey,
} from "./SimulatedEngine.ts"
import { SimulatedProcess } from "./SimulatedProcess.ts"
import { Timeline } from "./Timeline.ts"

/**
 * A bug, to show that the checkers find it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Canary {
  readonly disk?: (disk: Disk["Service"]) => Disk["Service"]
  readonly sink?: (sink: Sink) => Sink
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SimulationOptions {
  readonly seed: number
  /** Only so many of the schedule's steps. Default: all. */
  readonly steps?: number
  readonly canary?: Canary
}

const quietMillisMax = 120_000
// The log is pruned each second, and the sinks' cursors are saved more often.
const restMillis = 3_000
const same = <A>(value: A): A => value

class Simulation {
  private readonly seed: number
  private readonly canary: Canary
  private readonly timeline = new Timeline()
  private readonly happenings: Array<Happening> = []
  private readonly troubles: Array<string> = []
  private readonly stores: ReadonlyArray<ScriptedSink.ScriptedStore>
  private readonly processes: Array<SimulatedProcess> = []
  /** Those that others believe to be dead. */
  private readonly believedDead = new Set<number>()
  private power = new PowerLossDisk([directory])
  private current: SimulatedProcess | undefined
  private checkpoint: Buffer | undefined
  private crashes = 0

  constructor({ canary = {}, seed }: SimulationOptions) {
    this.seed = seed
    this.canary = canary
    const store = (name: string, number: 1 | 2, isExactlyOnce: boolean) => ({
      name,
      number,
      isExactlyOnce,
      store: new MemoryStore(),
      troubles: [],
    })
    this.stores = [store("stream", 1, false), store("table", 2, true)]
    this.timeline.atRest = () => this.look()
  }

  async run(steps: ReadonlyArray<Step>): Promise<History> {
    await this.open()
    for (const step of steps) {
      await this.take(step)
      await this.timeline.settle()
      this.measure()
    }
    await this.comeToAnEnd()
    const { happenings, seed, stores, troubles } = this
    const end = await aftermath(this.power.disk, stores)
    return { seed, origin: engineOptions.origin, happenings, troubles, ...end }
  }

  private note(happening: Note): void {
    this.happenings.push({ at: this.timeline.now, ...happening })
  }

  private async take(step: Step): Promise<void> {
    const { current } = this
    if (current === undefined) return
    switch (step.do) {
      case "write":
        return current.write(step)
      case "wait":
        return this.timeline.advance(step.millis)
      case "disk":
        if (step.trouble === "defect" || step.trouble === "slow" || step.trouble === "hang") {
          return current.calls.add({ kind: step.trouble, after: step.after, times: step.times })
        }
        for (let time = 0; time < step.times; time++) {
          this.power.plan({
            call: this.power.calls + 1 + step.after + time,
            errno: step.trouble === "full" ? "ENOSPC" : "EIO",
            afterBytes: step.trouble === "fail" ? 0 : step.bytes,
          })
        }
        return
      case "sink": {
        const troubles = this.stores[step.sink]?.troubles
        for (let time = 0; time < step.times; time++) troubles?.push(step.trouble)
        return
      }
      case "stage":
        return current.break(step.trouble, step.after, step.times)
      case "clock":
        this.note({ what: "fault", fault: `clock ${step.to}` })
        if (step.to === "frozen") current.clock.freeze()
        else current.clock.jump(step.to === "forward" ? 3_600_000 : -3_600_000)
        return
      case "flush":
        current.flush()
        return
      case "publish":
        current.publish()
        return
      case "verify":
        current.verify()
        return
      case "rest":
        return this.rest(current)
      case "probe":
        return this.probe()
      case "end":
        return this.end(step.how, step.after)
    }
  }

  /** A process that has opened the trail; where the disk fails it tries again. */
  private async open(): Promise<void> {
    this.current = undefined
    for (let attempt = 0; attempt < 20; attempt++) {
      const next = this.newProcess()
      const opening = next.open()
      await this.until(() => opening.exit !== undefined, 60_000)
      if (opening.exit !== undefined && Exit.isSuccess(opening.exit)) {
        this.current = next
        return
      }
      const error = opening.exit === undefined ? "hangs" : errorOf(opening.exit)
      this.note({ what: "not opened", process: next.number, error })
      next.kill("could not open")
      await this.timeline.advance(50)
      if (error !== "DiskError") break
    }
    this.troubles.push("no process can open the trail")
  }

  private newProcess(): SimulatedProcess {
    const process = new SimulatedProcess({
      number: this.processes.length + 1,
      seed: this.seed,
      timeline: this.timeline,
      disk: this.power.disk,
      signer: simulationSigner,
      engine: engineOptions,
      sinks: (self) =>
        this.stores.map((store) =>
          (this.canary.sink ?? same)(
            ScriptedSink.make(store, {
              timeline: this.timeline,
              clock: self.clock,
              isAlive: () => self.isAlive,
              met: (fault) => this.note({ what: "fault", fault }),
            }),
          ),
        ),
      spoil: this.canary.disk ?? same,
      isAlive: ({ pid }) =>
        this.processes[pid - 1]?.isAlive === true && !this.believedDead.has(pid),
      note: (happening) => this.note(happening),
      trouble: (what) => this.troubles.push(what),
      noted: () => this.happenings.length,
      signedSize: () => sizeOf(this.power.peek(`${directory}/checkpoint`)),
    })
    this.processes.push(process)
    return process
  }

  private async until(isDone: () => boolean, millisMax: number): Promise<boolean> {
    await this.timeline.settle()
    for (const end = this.timeline.now + millisMax; !isDone();) {
      if (this.timeline.now >= end) return false
      await this.timeline.advance(10)
    }
    return true
  }

  private async end(how: Ending, after: number): Promise<void> {
    const { current } = this
    if (current === undefined) return
    this.note({ what: "fault", fault: `end ${how}` })
    switch (how) {
      case "close":
      case "late": {
        if (how === "late") current.calls.add({ kind: "hang", after: after % 5, times: 4 })
        const closing = current.close()
        await this.until(() => closing.exit !== undefined, 60_000)
        if (closing.exit === undefined) this.troubles.push("a close hangs")
        break
      }
      case "kill":
        await this.timeline.advance(after)
        break
      case "gasp":
        current.gasp()
        break
      case "cut":
        this.power.cutPower({ call: this.power.calls + 1 + after, when: "after" })
        await this.timeline.advance(400)
        break
      case "power":
        await this.timeline.advance(after)
        break
      case "takeover":
        return this.takeOver(current, after)
    }
    current.kill(how)
    if (how === "cut" || how === "power") this.losePower()
    await this.open()
  }

  private losePower(): void {
    this.crashes += 1
    for (const process of this.processes) if (process.isAlive) process.kill("power")
    this.power = this.power.crash(randomOf(this.seed * 1_000 + this.crashes))
    this.look()
  }

  /** The next process believes this one dead, which goes on for a while. */
  private async takeOver(old: SimulatedProcess, after: number): Promise<void> {
    this.believedDead.add(old.number)
    await this.open()
    for (const writer of [7, 8]) {
      old.write({
        do: "write",
        writer,
        class: writer === 7 ? "critical" : "standard",
        door: "record",
        count: 5,
        inTurn: false,
        textLength: 10,
        refusedBy: 0,
      })
    }
    await this.timeline.advance(after * 20)
    old.kill("replaced")
  }

  private async probe(): Promise<void> {
    this.crashes += 1
    const left = this.power.crash(randomOf(this.seed * 1_000 + this.crashes))
    const disk = (this.canary.disk ?? same)(left.disk)
    this.note({ what: "probed", ...(await Effect.runPromise(probe(disk))) })
  }

  /** Nothing breaks any more: what is left to do gets done, and the trail is closed in order. */
  private async comeToAnEnd(): Promise<void> {
    this.power.heal()
    for (const process of this.processes) process.heal()
    for (const { troubles } of this.stores) troubles.length = 0
    if (this.current !== undefined) {
      this.current.kill("the end")
      await this.open()
    }
    const { current } = this
    const engine = current?.engine
    if (current === undefined || engine === undefined) return
    const isCaughtUp = (): boolean =>
      engine.status().sinks.every(({ lag, cursor }) => cursor !== undefined && lag === 0)
    if (!(await this.until(isCaughtUp, quietMillisMax))) this.troubles.push("a sink lags for ever")
    current.publish()
    await this.rest(current)
    const closing = current.close()
    await this.until(() => closing.exit !== undefined, 30_000)
    if (closing.exit === undefined || Exit.isFailure(closing.exit)) {
      this.troubles.push(`the last process could not close: ${String(closing.exit)}`)
    }
    const left = this.segments.length
    if (left > 0) this.troubles.push(`${left} segments of the log are left after a close`)
    current.kill("the end")
  }

  /** Long enough for what is done at intervals; then the limits of what is kept hold. */
  private async rest(current: SimulatedProcess): Promise<void> {
    this.power.heal()
    for (const process of this.processes) process.heal()
    await this.timeline.advance(restMillis)
    if (this.current === current && !current.hasMetFault) this.measure(true)
  }

  private get segments(): ReadonlyArray<number> {
    return this.power
      .namesIn(`${directory}/wal`)
      .flatMap((name) => parseSegmentName(name)?.firstSequence ?? [])
      .toSorted((left, right) => left - right)
  }

  /** Remembers the checkpoint on the disk if it is another one. */
  private look(): void {
    const bytes = this.power.peek(`${directory}/checkpoint`)
    if (bytes === undefined || (this.checkpoint?.equals(bytes) ?? false)) return
    this.checkpoint = bytes
    const parsed = Checkpoint.parseSigned(bytes)
    if (Result.isFailure(parsed)) {
      this.note({ what: "checkpoint", isSigned: false, origin: "", size: 0, root: "" })
      return
    }
    const { checkpoint, note } = parsed.success
    this.note({
      what: "checkpoint",
      isSigned: SignedNote.verify(note, verifierKey) === "valid",
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: Buffer.from(checkpoint.root).toString("base64"),
    })
  }

  private measure(isAtRest = false): void {
    const { segments } = this
    const signed = sizeOf(this.power.peek(`${directory}/checkpoint`))
    const inFullTiles = signed - (signed % tileWidth)
    const spent = segments.filter((_, index) => (segments[index + 1] ?? Infinity) <= inFullTiles)
    for (const process of this.processes) {
      const { engine } = process
      if (!process.isAlive || engine === undefined) continue
      const { accounts, pool } = engine.status()
      this.note({
        what: "measured",
        process: process.number,
        missing: accounts.reduce((sum, { missing }) => sum + Math.abs(missing), 0),
        laneBytes: engine.intake.depthBytes(),
        laneBytesMax: engine.intake.capacityBytes,
        slabs: pool.slabs,
        slabsMax: pool.slabsMax,
        spent: spent.length,
        ...(isAtRest ? { spentMax } : {}),
      })
    }
  }
}

const sizeOf = (note: Buffer | undefined): number => {
  const parsed = note === undefined ? undefined : Checkpoint.parseSigned(note)
  return parsed !== undefined && Result.isSuccess(parsed) ? parsed.success.checkpoint.size : 0
}

const errorOf = (exit: Exit.Exit<unknown, unknown>): string => {
  const reason = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
  if (reason?._tag === "Fail") {
    const { error } = reason
    const isTagged = typeof error === "object" && error !== null && "_tag" in error
    // What a disk fails with is expected, so its words are of no interest.
    return isTagged && error._tag === "DiskError" ? "DiskError" : String(error)
  }
  return String(reason?._tag === "Die" ? reason.defect : reason?._tag)
}

/**
 * Runs the schedule of a seed and returns its history.
 *
 * @category running
 * @since 0.1.0
 */
export const simulate = (options: SimulationOptions): Promise<History> =>
  new Simulation(options).run(scheduleOf(options.seed).slice(0, options.steps))
