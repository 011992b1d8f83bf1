/**
 * The service that turns knobs of a running engine, or proposes to.
 *
 * It is not there unless it is asked for. What it does is in the trail before it takes effect, and
 * lasts until the engine ends: the next one starts with what is configured.
 *
 * @since 0.1.0
 */
import { totalmem } from "node:os"
import { Audit } from "@countersign/core/Audit"
import type { RecordInput } from "@countersign/core/Receipt"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Alert } from "../alert/Alert.ts"
import { Alerts } from "../alert/Alerts.ts"
import { Metrics } from "../metric/Metrics.ts"
import type { Readings } from "../metric/Reading.ts"
import { type ConfigKnob, configKnobs, knobValues } from "./Knob.ts"
import type { TunerAction } from "./TunerAction.ts"
import { tunerDefaults } from "./TunerDefaults.ts"
import { ended, refused, step } from "./TunerMachine.ts"
import { tunerRules } from "./TunerRule.ts"
import { start, type TunerOptions, type TunerState } from "./TunerState.ts"

/**
 * How the tuner goes about it; only the mode has to be said.
 *
 * @category models
 * @since 0.1.0
 */
export interface TunerSettings extends Partial<Omit<TunerOptions, "knobs" | "mode">> {
  /** `propose` records what it would do; `apply` does it. */
  readonly mode: TunerOptions["mode"]
  /** Default: `configKnobs`. */
  readonly knobs?: ReadonlyArray<ConfigKnob>
  /** From where on the memory of the process presses. Default: three quarters of what it may have. */
  readonly memoryBytesMax?: number
  /** Whether an alert stops the tuner. Default: `stopsTuner`. */
  readonly isStopping?: (alert: Alert) => boolean
}

/**
 * How the tuner stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface TunerStatus {
  readonly mode: TunerOptions["mode"]
  /** The field whose trial goes on. */
  readonly trial: string | undefined
  /** The knobs as they are and as they were configured. */
  readonly knobs: ReadonlyArray<{
    readonly path: string
    readonly value: number
    readonly configured: number
  }>
  /** What it did or proposed, the newest last. */
  readonly actions: ReadonlyArray<TunerAction>
}

/**
 * What the tuner looks at beside the engine.
 *
 * @category models
 * @since 0.1.0
 */
export interface TunerSources {
  readonly readings: () => Readings
  /** Those that are not over. */
  readonly alerts: () => ReadonlyArray<Alert>
}

/**
 * @category services
 * @since 0.1.0
 */
export class Tuner extends Context.Service<
  Tuner,
  {
    readonly status: () => TunerStatus
  }
>()("@countersign/monitor/tuner/Tuner") {
  /** Tunes as long as the layer lives; what is on trial when it ends is put back. */
  static readonly layer = (
    settings: TunerSettings,
  ): Layer.Layer<Tuner, never, Audit | Metrics | Alerts> =>
    Layer.unwrap(
      Effect.gen(function* () {
        const metrics = yield* Metrics
        const alerts = yield* Alerts
        return Tuner.layerWith(settings, { readings: metrics.read, alerts: alerts.active })
      }),
    )

  /** The same with readings and alerts from elsewhere. */
  static readonly layerWith = (
    settings: TunerSettings,
    sources: TunerSources,
  ): Layer.Layer<Tuner, never, Audit> => Layer.effect(this, make(settings, sources))
}

/** With what the types of its events begin. */
const typePrefix = "countersign.tuner."
const actionsMax = 200
const memoryShare = 0.75

/** A change of the configuration is the tuner's own doing: detection tells people, and it goes on. */
const ownFinding = "audit-changed/"

/**
 * Alerts that a person has to see to stop the tuner: those of the severities `error` and `critical`
 * that are not over, also while nobody is told.
 *
 * @category getters
 * @since 0.1.0
 */
export const stopsTuner = ({ severity, state, subject }: Alert): boolean =>
  (severity === "error" || severity === "critical") &&
  state !== "pending" &&
  state !== "resolved" &&
  !subject.startsWith(ownFinding)

/** What a container allows, or what the machine has. */
const memoryOfProcess = (): number => {
  const allowed = process.constrainedMemory()
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem()
}

const eventOf = (action: TunerAction, outcome: RecordInput["outcome"]): RecordInput => {
  const { atMillis: _, kind, knob, reason, ...data } = action
  return {
    type: `${typePrefix}${kind}`,
    class: "compliance",
    actor: { id: "countersign.monitor", type: "system" },
    outcome,
    reason,
    ...(knob === "" ? {} : { target: [{ id: knob, type: "configuration" }] }),
    data,
  }
}

interface Options extends TunerOptions {
  readonly knobs: ReadonlyArray<ConfigKnob>
}

const optionsOf = ({
  isStopping: _,
  memoryBytesMax = memoryOfProcess() * memoryShare,
  ...given
}: TunerSettings): Options => ({
  rules: tunerRules(memoryBytesMax),
  knobs: configKnobs,
  ...tunerDefaults,
  ...given,
})

const carryOut = Effect.fnUntraced(function* (
  audit: Audit["Service"],
  knobs: ReadonlyArray<ConfigKnob>,
  action: TunerAction,
) {
  const knob = knobs.find(({ path }) => path === action.knob)
  const isTurn = action.kind === "changed" || action.kind === "reverted"
  if (!isTurn || knob === undefined) return yield* audit.record(eventOf(action, "success"))
  // Nothing is turned whose reason is not in the trail.
  yield* audit.record(eventOf(action, "attempt"))
  return yield* Effect.onError(
    audit.adjust(knob.write(action.to), { by: "countersign/tuner", reason: action.reason }),
    () => Effect.ignore(audit.record(eventOf(action, "failure"))),
  )
})

const make = Effect.fnUntraced(function* (settings: TunerSettings, sources: TunerSources) {
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  const options = optionsOf(settings)
  const isStopping = settings.isStopping ?? stopsTuner
  const actions: Array<TunerAction> = []
  let state: TunerState = start

  const values = (): ReadonlyMap<string, number> =>
    knobValues(
      options.knobs,
      new Map(audit.configuration().map(({ path, value }) => [path, value])),
    )

  const apply = (action: TunerAction): Effect.Effect<void> =>
    Effect.andThen(
      carryOut(audit, options.knobs, action),
      Effect.sync(() => {
        actions.push(action)
        if (actions.length > actionsMax) actions.shift()
      }),
    ).pipe(
      Effect.catch((error) =>
        Effect.suspend(() => {
          state = refused(state, action, clock.currentTimeMillisUnsafe(), options)
          return Effect.logWarning("countersign: the tuner could not do what it wanted", error)
        }),
      ),
      Effect.asVoid,
      Effect.uninterruptible,
    )

  const tick = Effect.suspend(() => {
    const seen = {
      readings: sources.readings().readings,
      actors: audit.actors(),
      values: values(),
      isAlerting: sources.alerts().some(isStopping),
    }
    const stepped = step(state, seen, clock.currentTimeMillisUnsafe(), options)
    state = stepped.state
    return stepped.action === undefined ? Effect.void : apply(stepped.action)
  })

  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      const last = ended(state, clock.currentTimeMillisUnsafe(), options)
      state = last.state
      return last.action === undefined ? Effect.void : apply(last.action)
    }),
  )
  yield* Effect.sleep(options.everyMillis).pipe(
    Effect.andThen(tick),
    Effect.catchCause((cause) => Effect.logError("countersign: tuner", cause)),
    Effect.forever,
    Effect.forkScoped,
  )
  return Tuner.of({
    status: () => ({
      mode: options.mode,
      trial: state.trial?.knob.path,
      knobs: [...values()].map(([path, value]) => ({
        path,
        value,
        configured: state.homes.get(path) ?? value,
      })),
      actions: [...actions],
    }),
  })
})
