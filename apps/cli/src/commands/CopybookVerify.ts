/** `countersign copybook verify DATA`: is a file what its copybook says? */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CheckReport, Reading, TrailPart } from "../copybook/CheckReport.ts"
import { copybookFiles, layoutFlags, recordFlags } from "../copybook/CopybookFlags.ts"
import { missingText } from "../copybook/Selection.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"
import { trustFlag } from "../trail/PinnedKeys.ts"
import * as Parameters from "./Parameters.ts"

const trailCodes: Readonly<Record<TrailPart["verdict"], ExitCode>> = {
  verified: ExitCode.ok,
  tampered: ExitCode.no,
  incomplete: ExitCode.incomplete,
  unverifiable: ExitCode.unverifiable,
}

const differs = ({ differences }: Reading): boolean => differences.length > 0

/** The worst of what was found: a no, before doubts. */
const exitCodeOf = ({ rejected, roundTrip, trail }: CheckReport): ExitCode => {
  if (rejected > 0 || (roundTrip?.differing ?? 0) > 0) return ExitCode.no
  if (trail === undefined) return ExitCode.ok
  if (trail.readings.some(differs)) return ExitCode.no
  const code = trailCodes[trail.verdict]
  if (code !== ExitCode.ok) return code
  return trail.readings.some(({ isLayoutSame }) => isLayoutSame) ? ExitCode.ok : ExitCode.incomplete
}

const countsOf = (report: CheckReport) => {
  const { bytes, faults, good, kinds, millis, passedOver, records, rejected, sha256 } = report
  const codes = Object.entries(faults).map(([code, count]) => `${code} × ${Text.count(count)}`)
  const rows: Array<ReadonlyArray<string>> = [
    ["  records", `${Text.count(records)}, ${Text.count(good)} good`],
    ...kinds.map(({ rejected: bad, records: count, segment, view }) => [
      `    ${segment === null ? "(no id)" : Text.printable(segment)}`,
      [
        Text.count(count),
        view === null ? "by no view" : `by ${view}`,
        ...(bad === 0 ? [] : [`${Text.count(bad)} rejected`]),
      ].join(", "),
    ]),
  ]
  if (passedOver > 0) rows.push(["  passed over", `${Text.count(passedOver)}, not asked for`])
  if (report.missing.length > 0) {
    rows.push(["  missing", Text.printable(missingText(report.missing))])
  }
  if (rejected > 0) rows.push(["  rejected", `${Text.count(rejected)}: ${codes.join(", ")}`])
  rows.push(
    ["  read", `${Text.size(bytes)} in ${Text.duration(millis)}`],
    ["  sha256", sha256 ?? "none, because it was not read to its end"],
    ["  layout", `${report.layout}, fingerprint ${report.fingerprint}`],
    ["  read as", `${report.codePage}, framing ${report.framing}`],
  )
  return rows
}

const rejectLines = ({ first, rejected }: CheckReport, paint: Paint): ReadonlyArray<string> => {
  const more = rejected - first.length
  return [
    ...first.flatMap(({ faults, fileOffset, record }) =>
      faults.map(
        ({ code, message }) =>
          `  ${paint.bad(`record ${Text.count(record)} at byte ${Text.count(fileOffset)}`)}: ${Text.printable(message.startsWith(code) ? message : `${code}: ${message}`)}`,
      ),
    ),
    ...(more > 0 ? [paint.faint(`  and ${Text.counted(more, "further reject")}; --show`)] : []),
  ]
}

const roundTripLines = ({ roundTrip }: CheckReport, paint: Paint): ReadonlyArray<string> => {
  if (roundTrip === undefined) return []
  const { differing, first, records } = roundTrip
  if (differing === 0) {
    const said = `${Text.counted(records, "record")} decoded and encoded again, byte by byte the same`
    return [`${paint.good("✓ round trip")}  ${said}`]
  }
  return [
    `${paint.bad("✗ round trip")}  ${Text.count(differing)} of ${Text.counted(records, "record")} would be other bytes`,
    ...first.map(
      ({ detail, fileOffset, offset, record }) =>
        `  ${paint.bad(`record ${Text.count(record)} at byte ${Text.count(fileOffset)}`)}: at its byte ${offset} ${Text.printable(detail)}`,
    ),
  ]
}

const readingLine = (reading: Reading, paint: Paint): string => {
  const { actor, direction, endedEarly, sequence, time } = reading
  const about = Text.printable(
    `${direction === "decode" ? "decoded" : "encoded"} ${time} by ${actor}, entry ${sequence}`,
  )
  if (!reading.isLayoutSame) return `  ${about}: ${paint.doubtful("by another layout")}`
  if (endedEarly !== undefined) {
    return `  ${about}: ${paint.doubtful("ended early")}, ${Text.printable(endedEarly)}`
  }
  return differs(reading)
    ? `  ${about}: ${paint.bad("differs")}, ${Text.printable(reading.differences.join("; "))}`
    : `  ${about}: ${paint.good("agrees")}`
}

const trailLines = ({ trail }: CheckReport, paint: Paint): ReadonlyArray<string> => {
  if (trail === undefined) return []
  const { isKeyPinned, readings, reason, verdict } = trail
  const isVerified = verdict === "verified"
  const mark = isVerified ? paint.good("✓ verified") : paint.bad(`✗ ${verdict}`)
  const key = isKeyPinned ? "" : ", by a key that is not pinned: give --key"
  return [
    `${mark}  ${paint.bold(Text.printable(trail.directory))}${isVerified ? key : `: ${Text.printable(reason ?? "")}`}`,
    ...(readings.length === 0
      ? [paint.doubtful("  holds no reading of a file with these bytes")]
      : readings.map((each) => readingLine(each, paint))),
    ...(readings.some(differs)
      ? ["  counts differ where other options were given, or where they were not told as they were"]
      : []),
  ]
}

const headline = (report: CheckReport, paint: Paint): string => {
  const name = paint.bold(Text.printable(report.file === "-" ? "stdin" : report.file))
  if (!report.isWhole) return `${paint.bad("✗ given up")}  ${name}: more rejects than --max-errors`
  if (report.rejected > 0) return `${paint.bad("✗ faulty")}  ${name}`
  if (report.missing.length > 0) return `${paint.doubtful("! clean, but incomplete")}  ${name}`
  return `${paint.good("✓ clean")}  ${name}`
}

export const verifyCommand = Command.make(
  "verify",
  {
    data: Argument.String("data").pipe(
      Argument.withDescription("The file with records; - for stdin"),
    ),
    copybook: copybookFiles,
    ...layoutFlags,
    ...recordFlags,
    roundTrips: Flag.Boolean("round-trip").pipe(
      Flag.withDescription(
        "Encode each record again, as decode --metadata and encode would, and compare the bytes",
      ),
      Flag.withDefault(false),
    ),
    maxErrors: Flag.Int("max-errors").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("Give up behind so many bad records. Default: read to the end"),
      Parameters.between(0, Number.MAX_SAFE_INTEGER),
      Flag.optional,
    ),
    shown: Flag.Int("show").pipe(
      Flag.withMetavar("N"),
      Flag.withDescription("Bad records that are shown, the first. Default: 10"),
      Parameters.between(0, 10_000),
      Flag.withDefault(10),
    ),
    isMasked: Flag.Boolean("mask-rejects").pipe(
      Flag.withDescription("Leave out bytes that may be those of sensitive fields"),
      Flag.withDefault(false),
    ),
    trail: Flag.String("trail").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription(
        "Verify this trail too, and compare what it recorded of a file with the same bytes",
      ),
      Flag.optional,
    ),
    key: Parameters.key.pipe(Flag.optional),
    trust: trustFlag,
    json: Parameters.json,
  },
  Effect.fnUntraced(function* (flags) {
    const output = yield* Output
    const { planFrom } = yield* Effect.promise(() => import("../copybook/Copybooks.ts"))
    const { check } = yield* Effect.promise(() => import("../copybook/Checking.ts"))
    const trail = Option.getOrUndefined(flags.trail)
    if (trail === undefined && (Option.isSome(flags.key) || Option.isSome(flags.trust))) {
      const parameter = Option.isSome(flags.key) ? "--key" : "--trust"
      return yield* new UsageError({ parameter, detail: "is for a trail: name it with --trail" })
    }
    const request = {
      data: flags.data,
      plan: yield* planFrom(flags.copybook, flags),
      roundTrips: flags.roundTrips,
      errorsMax: Option.getOrUndefined(flags.maxErrors),
      shown: flags.shown,
      isMasked: flags.isMasked,
    }
    const { key, trust } = flags
    const { document, report } = yield* check(request, trail, { key, trust })
    yield* output.exitWith(exitCodeOf(report))
    if (flags.json) return yield* output.document(document)
    const { paint } = output
    return yield* output.lines(
      headline(report, paint),
      ...rejectLines(report, paint),
      ...Text.aligned(countsOf(report)),
      ...roundTripLines(report, paint),
      ...trailLines(report, paint),
    )
  }),
).pipe(
  Command.withDescription(
    "Check a file of records against its copybook, without writing them: framing, every field, and with --trail what was recorded of the same bytes. Exit code: 0 all good, 1 the copybook or records have faults, a round trip differs, the trail is tampered with or recorded other counts, 2 the trail is incomplete or has no reading of this file by this layout, 3 no key verifies the trail, 4 the disk failed, 64 an option does not fit",
  ),
  Command.withShortDescription("Check a file of records"),
  Command.withExamples([
    {
      command: "countersign copybook verify day.dat -c day.cpy --framing vb --round-trip",
      description: "Every field, and whether encoding would give the same file again",
    },
    {
      command: "countersign copybook verify day.dat -c day.cpy --trail trail --key trail.vkey",
      description: "Whether what the trail says of this very file is so",
    },
  ]),
)
