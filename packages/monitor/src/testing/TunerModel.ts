/**
 * An engine as queues, for the tuner: what it would read of a machine whose processor and disk have
 * a known capacity. Everything follows from a seed.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import { type Random, randomOf } from "@countersign/core/testing/SeededRandom"
import type { Reading } from "../metric/Reading.ts"
import type { Knob } from "../tuner/Knob.ts"
import { configKnobs } from "../tuner/Knob.ts"
import type { TunerAction } from "../tuner/TunerAction.ts"
import { tunerDefaults } from "../tuner/TunerDefaults.ts"
import { step } from "../tuner/TunerMachine.ts"
import { tunerRules } from "../tuner/TunerRule.ts"
import { start, type TunerOptions } from "../tuner/TunerState.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TunerMachineModel {
  /** Events in a second, at a time since the start. Units: seconds. */
  readonly load: (seconds: number) => number
  /** Share of the load that is telemetry. */
  readonly telemetry: number
  /** Of the disk, per event, checkpoint and compressed bundle. Units: seconds. */
  readonly diskSeconds: {
    readonly event: number
    readonly checkpoint: number
    readonly bundle: number
  }
  /** Of the processor, per event. Units: seconds. */
  readonly processorSeconds: number
  /** What the database behind the one sink takes in a second, whoever asks how. */
  readonly databasePerSecond: number
  /** Spread of what is measured: the sigma of a log-normal. */
  readonly noise: number
  readonly isAlerting?: (seconds: number) => boolean
}

/**
 * A machine at a third of what it can do, with a telemetry share of one half.
 *
 * @category constants
 * @since 0.1.0
 */
export const calmModel: TunerMachineModel = {
  load: () => 1000,
  telemetry: 0.5,
  diskSeconds: { event: 0.0003, checkpoint: 0.01, bundle: 0.001 },
  processorSeconds: 0.0003,
  databasePerSecond: 5000,
  noise: 0.3,
}

/**
 * @category constants
 * @since 0.1.0
 */
export const homes: ReadonlyMap<string, number> = new Map([
  ["archive.bundlesPerSecondMax", 10],
  ["checkpoint.intervalMillis", 1000],
  ["sampling.rate", 1],
])

/**
 * The defaults, for the knobs of a configuration, applied.
 *
 * @category constants
 * @since 0.1.0
 */
export const modelOptions: TunerOptions = {
  ...tunerDefaults,
  mode: "apply",
  rules: tunerRules(2 ** 30),
  knobs: configKnobs,
}

/**
 * What became of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface ModelRun {
  readonly actions: ReadonlyArray<TunerAction>
  readonly values: ReadonlyMap<string, number>
  /** Share of the time after the first half in which the log's sync was above 50 ms. */
  readonly slowShare: number
  /** Times at which a knob was turned, either way. Units: seconds. */
  readonly turnedAt: ReadonlyArray<number>
}

/** Log-normal around 1, with one reading in a hundred ten times as large: a machine's hiccups. */
const wavering = (random: Random, sigma: number): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(sigma * normal) * (random() < 0.01 ? 10 : 1)
}

const actorOf = (id: string, more: Partial<ActorSnapshot>): ActorSnapshot => ({
  id,
  parent: "engine",
  kind: "stage",
  state: "idle",
  sinceMillis: 0,
  restarts: 0,
  faults: 0,
  lastCause: undefined,
  waitsOn: undefined,
  batches: 0,
  items: 0,
  mailbox: undefined,
  ...more,
})

const mailboxOf = (fill: number): ActorSnapshot["mailbox"] => ({
  depthItems: Math.round(fill * 100),
  capacityItems: 100,
  depthBytes: 0,
  capacityBytes: 0,
})

/** How full the queues are, and what they waited for. */
interface Queues {
  /** Before the log, which the disk limits: 0 to 1. */
  readonly log: number
  /** Before the first stage, which the processor limits: 0 to 1. */
  readonly intake: number
  /** Records that the database has not taken. */
  readonly lag: number
}

const bounded = (value: number): number => Math.min(1, Math.max(0, value))
/** How long a queue takes to fill where twice as much comes as goes. Units: seconds. */
const fillSeconds = 30

interface Use {
  readonly disk: number
  readonly processor: number
  readonly records: number
}

const useOf = (
  model: TunerMachineModel,
  values: ReadonlyMap<string, number>,
  load: number,
): Use => {
  const { checkpoint, bundle, event } = model.diskSeconds
  const kept = 1 - model.telemetry + model.telemetry * (values.get("sampling.rate") ?? 1)
  const records = load * kept
  return {
    records,
    disk:
      records * event +
      (1000 / (values.get("checkpoint.intervalMillis") ?? 1000)) * checkpoint +
      (values.get("archive.bundlesPerSecondMax") ?? 0) * bundle,
    processor: records * model.processorSeconds,
  }
}

const later = (queues: Queues, use: Use, model: TunerMachineModel, seconds: number): Queues => ({
  log: bounded(queues.log + ((use.disk - 1) * seconds) / fillSeconds),
  intake: bounded(queues.intake + ((use.processor - 1) * seconds) / fillSeconds),
  lag: Math.max(0, queues.lag + (use.records - model.databasePerSecond) * seconds),
})

const actorsOf = (queues: Queues): ReadonlyArray<ActorSnapshot> => [
  actorOf("sample", {
    mailbox: mailboxOf(Math.max(queues.intake, queues.log)),
    ...(queues.log >= 1 ? { state: "blocked", waitsOn: "pool" } : {}),
  }),
  actorOf("pool", queues.log >= 1 ? { state: "blocked", waitsOn: "log" } : {}),
  actorOf("log", { state: "running", mailbox: mailboxOf(queues.log) }),
  actorOf("publish", { mailbox: mailboxOf(0) }),
  actorOf("sink:postgres", {
    kind: "sink",
    ...(queues.lag > 0 ? { state: "blocked", waitsOn: "postgres" } : {}),
  }),
]

const slow = 0.05

/**
 * Lets the tuner watch the model for a while.
 *
 * @category running
 * @since 0.1.0
 */
export const run = (
  model: TunerMachineModel,
  hours: number,
  seed: number,
  options: TunerOptions = modelOptions,
  first: ReadonlyMap<string, number> = homes,
): ModelRun => {
  const random = randomOf(seed)
  const seconds = options.everyMillis / 1000
  const ticks = Math.round((hours * 3600) / seconds)
  const values = new Map(first)
  const actions: Array<TunerAction> = []
  const turnedAt: Array<number> = []
  let queues: Queues = { log: 0, intake: 0, lag: 0 }
  let accepted = 0
  let slowTicks = 0
  let state = start
  for (let tick = 0; tick < ticks; tick++) {
    const at = tick * seconds
    const load = model.load(at)
    const use = useOf(model, values, load)
    queues = later(queues, use, model, seconds)
    accepted += load * seconds
    const sync = (0.004 / (1 - Math.min(0.97, use.disk))) * wavering(random, model.noise)
    const delay = (0.004 / (1 - Math.min(0.97, use.processor))) * wavering(random, model.noise)
    if (tick > ticks / 2 && sync > slow) slowTicks += 1
    const readings: ReadonlyArray<Reading> = [
      { name: "countersign_events_accepted_total", labels: { class: "standard" }, value: accepted },
      { name: "countersign_log_sync_seconds", labels: { quantile: "0.95" }, value: sync },
      {
        name: "countersign_process_event_loop_delay_seconds",
        labels: { quantile: "0.95" },
        value: delay,
      },
      {
        name: "countersign_sink_oldest_seconds",
        labels: { sink: "postgres" },
        value: queues.lag / Math.max(1, use.records),
      },
    ]
    const seen = {
      readings,
      actors: actorsOf(queues),
      values,
      isAlerting: model.isAlerting?.(at) ?? false,
    }
    const stepped = step(state, seen, at * 1000, options)
    state = stepped.state
    const { action } = stepped
    if (action === undefined) continue
    actions.push(action)
    if (action.kind !== "changed" && action.kind !== "reverted") continue
    values.set(action.knob, action.to)
    turnedAt.push(at)
  }
  return { actions, values, slowShare: slowTicks / (ticks / 2), turnedAt }
}

/**
 * A knob that claims to make the sink faster by asking its database for more at once.
 *
 * @category constants
 * @since 0.1.0
 */
export const concurrencyKnob = (relieves: Knob["relieves"]): Knob => ({
  path: "postgres.concurrency",
  relieves,
  factor: 2,
  min: 1,
  max: 64,
  reach: 8,
  isWhole: true,
  price: "more connections",
})
