/**
 * The service that watches: readings in, alerts out, to people and into the trail.
 *
 * It stands beside the engine. What it needs of it is a place to record, and where that is gone it
 * still tells its targets.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Finding } from "../detect/Finding.ts"
import type { Reading, Readings } from "../metric/Reading.ts"
import { instrument } from "../metric/Instruments.ts"
import { type Sample, sampleOf } from "../metric/Sample.ts"
import { Alert, AlertSeverity } from "./Alert.ts"
import { type Acknowledgement, AlertBook, type AlertChange, type Moment } from "./AlertBook.ts"
import type { AlertRules } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import type { AlertTarget, AlertTargetInvalid, TargetCounts } from "./AlertTarget.ts"
import { AlertTrail } from "./AlertTrail.ts"
import { BaselineGuard } from "./BaselineGuard.ts"
import { defaultRules } from "./DefaultRules.ts"
import { InvalidAlertRules } from "./InvalidAlertRules.ts"
import type { BaselineOf } from "./Meter.ts"
import { type Notice, noticeFor, NoticeGroups } from "./Notice.ts"
import { unknownTargets } from "./RuleCheck.ts"
import * as RuleFile from "./RuleFile.ts"
import * as StderrTarget from "./StderrTarget.ts"
import { guarded } from "./TargetGuard.ts"

/**
 * There is nothing to acknowledge: no such alert, it is over, or nobody was told of it yet.
 *
 * @category errors
 * @since 0.1.0
 */
export class AlertNotOpen extends Schema.TaggedError<AlertNotOpen>(
  "@countersign/monitor/AlertNotOpen",
)("AlertNotOpen", {
  code: Schema.tag("AUD-6204"),
  isRetryable: Schema.tag(false),
  id: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: there is no alert ${this.id} to acknowledge: it is over, or has not begun`
  }
}

/**
 * Somebody else has the alert, and keeps it.
 *
 * @category errors
 * @since 0.1.0
 */
export class AlertTaken extends Schema.TaggedError<AlertTaken>("@countersign/monitor/AlertTaken")(
  "AlertTaken",
  {
    code: Schema.tag("AUD-6205"),
    isRetryable: Schema.tag(false),
    /** As it is; it was not changed. */
    alert: Alert,
    /** Who has it. */
    by: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the alert ${this.alert.id} is acknowledged by ${this.by} already, since ${new Date(this.alert.changedMillis).toISOString()}`
  }
}

/**
 * How the watching itself fares.
 *
 * @category models
 * @since 0.1.0
 */
export interface AlertsStatus {
  readonly targets: Readonly<Record<string, TargetCounts>>
  /** Changes that no trail holds. */
  readonly unrecorded: number
  /** Series that had no room in the newest pass, by rule. */
  readonly unwatched: ReadonlyMap<string, number>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AlertsOptions {
  /** Default: `defaultRules`. */
  readonly rules?: AlertRules | undefined
  /** Who is told. Default: stderr. */
  readonly targets?:
    | ReadonlyArray<Effect.Effect<AlertTarget, AlertTargetInvalid, Scope>>
    | undefined
  /** For rules against a baseline. Default: there is none. */
  readonly baselineOf?: BaselineOf | undefined
  /** How often time alone is looked at. Units: milliseconds. Default 1000. */
  readonly tickMillis?: number | undefined
  /** Changes that are remembered. Default 1000. */
  readonly historyMax?: number | undefined
}

/** Changes that a subscriber who does not look is kept; older ones are left out. */
const changesMax = 1024

/**
 * Alerts by rules.
 *
 * @category services
 * @since 0.1.0
 */
export class Alerts extends Context.Service<
  Alerts,
  {
    /** All that was read at one moment. Who is to be told is told when it returns. */
    readonly observe: (readings: Readings) => ReadonlyArray<AlertChange>
    /**
     * One reading, in the caller's turn: for what can't wait for the next pass. Costs a look into
     * a table where no rule means its metric.
     */
    readonly observeOne: (reading: Reading) => ReadonlyArray<AlertChange>
    /** What detection has found. */
    readonly find: (finding: Finding) => ReadonlyArray<AlertChange>
    /** Those that are not over, the worst first. */
    readonly active: () => ReadonlyArray<Alert>
    /** What has become of alerts, the newest last. */
    readonly history: () => ReadonlyArray<AlertChange>
    /** Those that are over, each once, as it last ended; the newest first, and at most 200. */
    readonly past: () => ReadonlyArray<Alert>
    /**
     * Somebody has it: nobody else is told until it is over. Who has it already is answered the
     * same, and nothing is told or recorded again; who comes later learns who has it.
     *
     * @param by who; they become the actor of the record
     * @param note the reason, for the record; may be empty
     */
    readonly acknowledge: (
      id: string,
      by: string,
      note: string,
    ) => Effect.Effect<AlertChange, AlertNotOpen | AlertTaken>
    /** From now on. Who is slow misses the oldest. */
    readonly changes: Stream.Stream<AlertChange>
    readonly status: () => AlertsStatus
    /** How it fares, for `Metrics.source`. */
    readonly samples: () => ReadonlyArray<Sample>
  }
>()("@countersign/monitor/alert/Alerts") {
  /** - Errors: rules that contradict themselves or name targets that are not there; a target that can't be. */
  static readonly layer = (
    options: AlertsOptions = {},
  ): Layer.Layer<Alerts, InvalidAlertRules | AlertTargetInvalid, Audit> =>
    Layer.effect(this, make(options))
}

const checked = (
  rules: AlertRules,
  targets: ReadonlyArray<AlertTarget>,
): Effect.Effect<AlertRules, InvalidAlertRules> =>
  Effect.gen(function* () {
    const valid = yield* Effect.fromResult(RuleFile.fromValue(rules, "the program's rules"))
    const names = targets.map(({ name }) => name)
    const [first, ...others] = unknownTargets(valid, names).map(({ detail, path }) => ({
      source: "the program's rules",
      path: path.join("."),
      detail,
    }))
    if (first === undefined) return valid
    return yield* new InvalidAlertRules({ problems: [first, ...others] })
  })

/** Everybody who wants to hear of changes, each with a queue of their own. */
class ChangeFeed {
  private readonly subscribers = new Set<Queue.Queue<AlertChange>>()

  readonly stream: Stream.Stream<AlertChange> = Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.tap(Queue.sliding<AlertChange>(changesMax), (queue) =>
          Effect.sync(() => this.subscribers.add(queue)),
        ),
        (queue) => Effect.sync(() => this.subscribers.delete(queue)),
      ),
      Stream.fromQueue,
    ),
  )

  offer(changes: ReadonlyArray<AlertChange>): void {
    for (const queue of this.subscribers) {
      for (const change of changes) Queue.offerUnsafe(queue, change)
    }
  }
}

/** What nobody is told must not make what somebody is told wait. */
const isNews = ({ notify }: AlertChange): boolean => notify === undefined || notify.length > 0

const tell = (targets: ReadonlyArray<AlertTarget>, notices: ReadonlyArray<Notice>): void => {
  for (const notice of notices) {
    for (const target of targets) {
      const its = noticeFor(target.name, notice)
      if (its !== undefined) target.tell(its)
    }
  }
}

/** Asking twice is no mistake; taking from another is. */
const answered = (
  id: string,
  by: string,
  found: Acknowledgement | undefined,
): Effect.Effect<AlertChange, AlertNotOpen | AlertTaken> => {
  if (found === undefined) return Effect.fail(new AlertNotOpen({ id }))
  const { alert } = found.change
  const { acknowledgedBy = by } = alert
  return acknowledgedBy === by
    ? Effect.succeed(found.change)
    : Effect.fail(new AlertTaken({ alert, by: acknowledgedBy }))
}

const openInstrument = instrument("countersign_alerts_open")
const lostInstrument = instrument("countersign_alert_notices_lost_total")
const unrecordedInstrument = instrument("countersign_alert_changes_unrecorded")
const unwatchedInstrument = instrument("countersign_alert_series_unwatched")

const samplesOf = (
  active: ReadonlyArray<Alert>,
  { targets, unrecorded, unwatched }: AlertsStatus,
): ReadonlyArray<Sample> => [
  ...AlertSeverity.literals.map((severity) => {
    const open = active.filter((alert) => alert.severity === severity && alert.state !== "pending")
    return sampleOf(openInstrument, open.length, { severity })
  }),
  ...Object.entries(targets).map(([target, { dropped, failed }]) =>
    sampleOf(lostInstrument, dropped + failed, { target }),
  ),
  sampleOf(unrecordedInstrument, unrecorded),
  sampleOf(
    unwatchedInstrument,
    [...unwatched.values()].reduce((sum, count) => sum + count, 0),
  ),
]

const make = Effect.fnUntraced(function* (options: AlertsOptions) {
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  const targets = (yield* Effect.all(options.targets ?? [StderrTarget.make()])).map(guarded)
  const rules = yield* checked(options.rules ?? defaultRules, targets)
  const now = (): Moment => ({
    nowMillis: monotonicMillis(clock),
    dateMillis: clock.currentTimeMillisUnsafe(),
  })
  const { historyMax, tickMillis = 1000 } = options
  const baselines = new BaselineGuard(options.baselineOf)
  const book = new AlertBook(rules, { baselineOf: baselines.of, historyMax, startedAt: now() })
  const groups = new NoticeGroups(millisOf(rules.groupEvery ?? "0s"))
  const trail = new AlertTrail(audit.recordUnsafe)
  const feed = new ChangeFeed()

  const changing = (
    change: (at: Moment) => ReadonlyArray<AlertChange>,
  ): ReadonlyArray<AlertChange> => {
    const at = now()
    const changes = change(at)
    if (changes.length === 0) return changes
    // People first: recording is what may not be possible.
    tell(targets, groups.add(changes.filter(isNews), at.nowMillis, at.dateMillis))
    trail.add(changes)
    feed.offer(changes)
    return changes
  }
  const handOn = (nowMillis: number): void => {
    tell(targets, groups.due(nowMillis, now().dateMillis))
    trail.retry()
  }
  const tick = Effect.sync(() => {
    changing((at) => book.tick(at))
    handOn(now().nowMillis)
  })
  // What a group holds back goes out at the end, while the targets still send.
  yield* Effect.addFinalizer(() => Effect.sync(() => handOn(Number.POSITIVE_INFINITY)))
  yield* Effect.sleep(tickMillis).pipe(
    Effect.andThen(tick),
    Effect.andThen(baselines.sayFailure),
    // Silence is noticed here: nothing that goes wrong once may end it.
    Effect.catchDefect((defect) => Effect.logError("alerts could not be judged", defect)),
    Effect.forever,
    Effect.forkScoped,
  )

  const status = (): AlertsStatus => ({
    targets: Object.fromEntries(targets.map((target) => [target.name, target.counts()])),
    unrecorded: trail.unrecorded,
    unwatched: book.unwatched(),
  })
  return Alerts.of({
    observe: ({ readings }) => changing((at) => book.observe(readings, at)),
    observeOne: (reading) => changing((at) => book.observeOne(reading, at)),
    find: (finding) => changing((at) => book.find(finding, at)),
    active: () => book.active(now()),
    history: () => book.history(),
    past: () => book.past(),
    acknowledge: (id, by, note) =>
      Effect.suspend(() => {
        let found: Acknowledgement | undefined
        changing((at) => {
          found = book.acknowledge(id, by, note, at)
          return found === undefined || found.isRepeated ? [] : [found.change]
        })
        return answered(id, by, found)
      }),
    changes: feed.stream,
    status,
    samples: () => samplesOf(book.active(now()), status()),
  })
})
