/** `countersign verify DIR`: is the trail what was signed? */
import { checkLog } from "@countersign/core/trail/LogVerifier"
import type { VerifyOptions } from "@countersign/core/trail/Verifier"
import type { Finding, VerifyReport } from "@countersign/core/trail/VerifyReport"
import type { WitnessFacts } from "@countersign/core/witness/WitnessedVerification"
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import type { Paint } from "../terminal/Paint.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import * as Text from "../terminal/Text.ts"
import { type Pinned, readPinned, trustFlag } from "../trail/PinnedKeys.ts"
import * as TimestampVerdict from "../timestamp/TimestampVerdict.ts"
import * as WitnessVerdict from "../witness/WitnessVerdict.ts"
import * as Parameters from "./Parameters.ts"

const findingsShown = 5

const codeOf: Readonly<Record<VerifyReport["verdict"], ExitCode>> = {
  verified: ExitCode.ok,
  tampered: ExitCode.no,
  incomplete: ExitCode.incomplete,
  unverifiable: ExitCode.unverifiable,
}

/** An entry is found out by the file of hashes that it does not fit, so that file is not its place. */
const place = ({ index, kind, path: raw }: Finding): string => {
  const path = Text.printable(raw)
  if (index === undefined) return `${kind}, in ${path}`
  return kind === "entry"
    ? `entry ${Text.count(index)}`
    : `${kind} at entry ${Text.count(index)}, in ${path}`
}

const headline = (report: VerifyReport, paint: Paint): string => {
  const name = Text.printable(report.origin ?? report.directory)
  switch (report.verdict) {
    case "verified":
      return `${paint.good("✓ verified")}  ${paint.bold(name)}`
    case "tampered":
      return `${paint.bad("✗ tampered")}  ${paint.bold(name)}  first bad: ${place(report.firstBad)}`
    case "incomplete":
      return `${paint.doubtful("? incomplete")}  ${paint.bold(name)}`
    case "unverifiable":
      return `${paint.doubtful("? unverifiable")}  ${paint.bold(name)}`
  }
}

const findings = (report: VerifyReport, paint: Paint): ReadonlyArray<string> => {
  if (report.verdict === "verified") return []
  if (report.verdict !== "tampered") return [`  ${Text.printable(report.reason)}`]
  const shown = report.findings.slice(0, findingsShown)
  const more = report.findings.length - shown.length
  return [
    ...shown.map((finding) => `  ${paint.bad(place(finding))}: ${Text.printable(finding.detail)}`),
    ...(more > 0
      ? [paint.faint(`  and ${Text.counted(more, "further finding")}; --json has all`)]
      : []),
  ]
}

const facts = (
  report: VerifyReport,
  signer: string | undefined,
  millis: number,
  witnesses: WitnessFacts | undefined,
) => {
  const rows: Array<ReadonlyArray<string>> = [
    [
      "  entries",
      report.size === undefined || report.size === report.entries
        ? Text.count(report.entries)
        : `${Text.count(report.entries)} of ${Text.count(report.size)}`,
    ],
  ]
  if (report.root !== undefined) rows.push(["  root", report.root])
  if (signer !== undefined) rows.push(["  signed by", signer])
  if (witnesses !== undefined) rows.push(...WitnessVerdict.rowsOf(witnesses))
  rows.push([
    "  read",
    `${Text.counted(report.bundles, "bundle")} and ${Text.counted(report.tiles, "tile")}, ${Text.size(report.bytes)} in ${Text.duration(millis)}`,
  ])
  const { rotations = 0 } = report
  if (rotations > 0) {
    rows.push(["  rotations", `${Text.counted(rotations, "change")} of the key, signed by both`])
  }
  if (report.cutLeftovers > 0) {
    rows.push([
      "  leftovers",
      `${Text.counted(report.cutLeftovers, "file")} cut by a crash, harmless`,
    ])
  }
  return Text.aligned(rows)
}

/** Who signed, where that was verified. */
const signerOf = (report: VerifyReport, pinned: Pinned, namesLog: boolean): string | undefined => {
  if (report.verdict !== "verified") return undefined
  if (pinned.signer !== undefined) return pinned.signer(report.rotations ?? 0)
  return namesLog
    ? "a key that the policy names"
    : `the key in ${report.directory}.vkey, which is not pinned: give --key`
}

export const verifyCommand = Command.make(
  "verify",
  {
    directory: Parameters.directory,
    key: Parameters.key.pipe(Flag.optional),
    trust: trustFlag,
    policy: WitnessVerdict.policyFlag,
    askWitnesses: WitnessVerdict.askFlag,
    timestamps: TimestampVerdict.timestampsFlag,
    stamps: TimestampVerdict.stampsFlag,
    json: Parameters.json,
  },
  Effect.fnUntraced(function* (given) {
    const { askWitnesses, directory, json, key, policy } = given
    const output = yield* Output
    const clock = yield* Clock.clockWith(Effect.succeed)
    const pinned = yield* readPinned(key, given.trust)
    const from = clock.currentTimeMillisUnsafe()
    const bar = new ProgressBar(process.stderr, "verifying", () => clock.currentTimeMillisUnsafe())
    const options: VerifyOptions = {
      ...pinned.options,
      log: checkLog(directory),
      progress: ({ entries, size }) => bar.update(entries, size === 0 ? 1 : entries / size),
    }
    const { report, namesLog, timestamps, witnesses } = yield* TimestampVerdict.verifyWith(
      directory,
      options,
      given.timestamps,
      given.stamps,
      WitnessVerdict.verifyWith(directory, options, policy, askWitnesses),
    ).pipe(Effect.ensuring(Effect.sync(() => bar.clear())))
    const isKeyPinned = pinned.signer !== undefined || namesLog
    const millis = clock.currentTimeMillisUnsafe() - from
    yield* output.exitWith(codeOf[report.verdict])
    if (json) {
      const more = {
        ...(witnesses === undefined ? {} : { witnesses }),
        ...(timestamps === undefined ? {} : { timestamps }),
      }
      return yield* output.document({ ...report, ...more, isKeyPinned, millis })
    }
    const { paint } = output
    const signer = signerOf(report, pinned, namesLog)
    return yield* output.lines(
      headline(report, paint),
      ...findings(report, paint),
      ...facts(report, signer, millis, witnesses),
      ...TimestampVerdict.lines(timestamps),
      paint.faint("not checked"),
      ...report.notChecked.map((sentence) => paint.faint(`  - ${Text.printable(sentence)}`)),
    )
  }),
).pipe(
  Command.withDescription(
    "Recompute the whole trail from its entries and compare it with what was signed. Exit code: 0 verified, 1 tampered, 2 incomplete, 3 unverifiable, 4 can't be read",
  ),
  Command.withShortDescription("Say whether a trail is what was signed"),
)
