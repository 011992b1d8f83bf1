/** `countersign reconcile DIR --url URL`: are the rows what the trail says? */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { Disk } from "@countersign/core/platform/Disk"
import type { ReconcileReport, RowFinding } from "@countersign/sinks/reconcile/ReconcileReport"
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import type { Paint } from "../terminal/Paint.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import * as Text from "../terminal/Text.ts"
import { operator } from "../trail/Operator.ts"
import { readPinned, trustFlag } from "../trail/PinnedKeys.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

const findingsShown = 20

const sentence = (finding: RowFinding): string => {
  const sequence = Text.count(finding.sequence)
  switch (finding.kind) {
    case "edited":
      return `record ${sequence}: edited in ${finding.columns.join(", ")}`
    case "deleted":
      return `record ${sequence}: its row is deleted`
    case "added":
      return `record ${sequence}: ${Text.counted(finding.rows, "row")} that the trail does not know`
  }
}

const headline = (report: ReconcileReport, paint: Paint): string => {
  const name = paint.bold(Text.printable(report.origin))
  if (report.verdict === "equal") return `${paint.good("✓ equal")}  ${name}`
  return `${paint.bad("✗ different")}  ${name}${report.isRepaired ? "  and repaired" : ""}`
}

const rowsOf = (report: ReconcileReport) => {
  const counts: ReadonlyArray<readonly [string, number, string]> = [
    ["edited", report.edited, ""],
    ["deleted", report.deleted, ""],
    ["added", report.added, ""],
    ["pending", report.pending, "the sink has not delivered them yet"],
    ["set aside", report.setAside, "dead letters of the sink"],
    ["retired", report.retired, "of months that retention has dropped"],
    ["unsigned", report.unsigned, "delivered beyond the checkpoint; judged after the next one"],
  ]
  return Text.aligned([
    ["  records", Text.count(report.records), ""],
    ["  equal", Text.count(report.equal), ""],
    ...counts
      .filter(([, count]) => count > 0)
      .map(([name, count, words]) => [`  ${name}`, Text.count(count), words]),
  ])
}

const detailsOf = (report: ReconcileReport, paint: Paint): ReadonlyArray<string> => {
  const shown = report.findings.slice(0, findingsShown)
  const more = report.edited + report.deleted + report.added - shown.length
  return [
    ...shown.map((finding) => `  ${paint.bad(sentence(finding))}`),
    ...(more > 0 ? [paint.faint("  and more; --json names the first 100")] : []),
    ...(report.unsignedMissing > 0
      ? [
          paint.bad(
            `  ${Text.counted(report.unsignedMissing, "record")} beyond the checkpoint: delivered, and without a row`,
          ),
        ]
      : []),
    ...(report.cursorBeyond > 0
      ? [
          paint.bad(
            `  the sink's cursor lies ${Text.counted(report.cursorBeyond, "record")} beyond the end of the trail`,
          ),
        ]
      : []),
    ...report.unrecordedDrops.map((month) =>
      paint.bad(
        `  ${Text.printable(month)} is called dropped in the database, and the trail does not say so`,
      ),
    ),
  ]
}

type Repair = Pick<AuditEventInput, "outcome" | "reason" | "data">

/** What the trail is to say of a repair: that it begins, and how it ended. */
const repairEvent = (repair: Repair): AuditEventInput => ({
  type: "sink.rows.repaired",
  class: "compliance",
  actor: operator(),
  ...repair,
})

const repaired = (report: ReconcileReport): Repair => ({
  outcome: "success",
  data: {
    records: report.records,
    edited: report.edited,
    deleted: report.deleted,
    added: report.added,
    first: report.findings
      .slice(0, findingsShown)
      .map(({ kind, sequence }) => `${kind} ${sequence}`),
  },
})

/** Records it, or prints the event where the trail can't be written. */
const sayRepair = Effect.fnUntraced(function* (
  repair: Repair,
  directory: string,
  config: string | undefined,
) {
  const output = yield* Output
  const event = repairEvent(repair)
  const { openWriters } = yield* Effect.promise(() => import("../trail/TrailWriters.ts"))
  yield* Effect.scoped(
    Effect.flatMap(openWriters([directory], config), (record) => record(event)),
  ).pipe(
    Effect.catch((error) =>
      output.say(
        `countersign: the repair is not in the trail: ${error.message}; have its writer record this:`,
        JSON.stringify(event),
      ),
    ),
  )
})

export const reconcileCommand = Command.make(
  "reconcile",
  {
    directory: Parameters.directory,
    url: Parameters.databaseUrl,
    sink: Flag.String("sink").pipe(
      Flag.withDescription("The sink's name, to know its dead letters"),
      Flag.withDefault("postgres"),
    ),
    repair: Flag.Boolean("repair").pipe(
      Flag.withDescription("Restore from the trail what differs"),
      Flag.withDefault(false),
    ),
    key: Parameters.key.pipe(Flag.optional),
    trust: trustFlag,
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The engine's configuration, with which a repair is recorded"),
      Flag.optional,
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ config, directory, json, repair, sink, url, ...given }) {
    const output = yield* Output
    yield* Parameters.requireDatabaseUrl(url)
    yield* requireTrail(directory)
    const pinned = yield* readPinned(given.key, given.trust)
    const clock = yield* Clock.clockWith(Effect.succeed)
    const bar = new ProgressBar(process.stderr, "comparing", () => clock.currentTimeMillisUnsafe())
    const { reconcile } = yield* Effect.promise(
      () => import("@countersign/sinks/reconcile/Reconciliation"),
    )
    const services = yield* Effect.context<Disk | Output>()
    const say = (one: Repair) => sayRepair(one, directory, Option.getOrUndefined(config))
    let hasBegun = false
    const report = yield* reconcile({
      url,
      directory,
      sink,
      isRepairing: repair,
      verification: pinned.options,
      beforeRepair: Effect.suspend(() => {
        hasBegun = true
        return say({ outcome: "attempt", data: { sink } })
      }).pipe(Effect.provide(services)),
      progress: ({ records, size }) => bar.update(records, size === 0 ? 1 : records / size),
    }).pipe(
      Effect.ensuring(Effect.sync(() => bar.clear())),
      Effect.onError(() =>
        hasBegun
          ? say({ outcome: "failure", reason: "the repair broke off: some rows may be repaired" })
          : Effect.void,
      ),
    )
    if (hasBegun) yield* say(repaired(report))
    if (report.verdict === "different") yield* output.exitWith(ExitCode.no)
    if (json) return yield* output.document(report)
    const { paint } = output
    return yield* output.lines(
      headline(report, paint),
      ...detailsOf(report, paint),
      ...rowsOf(report),
    )
  }),
).pipe(
  Command.withDescription(
    "Verify the trail and compare the rows that PostgreSQL holds with it: name what was edited, deleted or added, and restore it with --repair. docs/reconcile.md explains it. Exit code: 0 equal, 1 different, repaired or not, 4 the trail or the database can't be read, or the trail is not what was signed",
  ),
  Command.withShortDescription("Compare database rows with the trail"),
  Command.withExamples([
    {
      command:
        "countersign reconcile ./trail --url postgres://auditor@db.example/audit --key trail.vkey",
      description: "With the password from PGPASSWORD or ~/.pgpass",
    },
  ]),
)
