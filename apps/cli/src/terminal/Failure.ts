/** How a command that failed ends: one line on stderr and an exit code. */
import { InvalidFilter } from "@countersign/core/query/InvalidFilter"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ExitCode } from "./ExitCode.ts"
import { Output } from "./Output.ts"

/** The command line asks for what can't be. */
export class UsageError extends Schema.TaggedError<UsageError>("@countersign/cli/UsageError")(
  "UsageError",
  {
    code: Schema.tag("AUD-6102"),
    isRetryable: Schema.tag(false),
    /** The argument or flag. */
    parameter: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.parameter}: ${this.detail}`
  }
}

const codes: Readonly<Record<string, ExitCode>> = {
  // The presenter has said already what is wrong with the invocation.
  ShowHelp: ExitCode.usage,
  UsageError: ExitCode.usage,
  InvalidFilter: ExitCode.usage,
  InvalidConfig: ExitCode.usage,
  TrustFileInvalid: ExitCode.usage,
  KeyRotationRefused: ExitCode.usage,
  PolicyMalformed: ExitCode.usage,
  SettingsInvalid: ExitCode.usage,
  CodecOptionsInvalid: ExitCode.usage,
  FramingInvalid: ExitCode.usage,
  LoadProfileInvalid: ExitCode.usage,
  LoadTargetRefused: ExitCode.usage,
  CodePageUnknown: ExitCode.usage,
  DetectionRulesInvalid: ExitCode.usage,
  // What lies there is not what was signed.
  TrailDamaged: ExitCode.no,
  NoteMalformed: ExitCode.no,
  CheckpointMalformed: ExitCode.no,
  ProofMalformed: ExitCode.no,
  EntryNotFound: ExitCode.no,
  FileDamaged: ExitCode.no,
  // A copybook or its records are not what they should be.
  CopybookInvalid: ExitCode.no,
  LayoutInvalid: ExitCode.no,
  FramingFailed: ExitCode.no,
  TooManyFaults: ExitCode.no,
  // Nothing can be said about this program on this machine.
  BaselineMalformed: ExitCode.usage,
  MachineDiffers: ExitCode.incomplete,
  RecordUnencodable: ExitCode.no,
  RecordUnframable: ExitCode.no,
  LineRefused: ExitCode.no,
}

const tagOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "_tag" in error ? String(error._tag) : ""

/** Says why, and sets the exit code. */
export const report = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
  const output = yield* Output
  const [reason] = cause.reasons
  if (reason === undefined || Cause.isInterruptReason(reason)) return
  if (Cause.isDieReason(reason)) {
    yield* output.say(`countersign: this is a defect of countersign: ${Cause.pretty(cause)}`)
    return yield* output.exitWith(ExitCode.defect)
  }
  const { error } = reason
  const tag = tagOf(error)
  if (tag !== "ShowHelp") {
    const message = error instanceof Error ? error.message : String(error)
    yield* output.say(`countersign: ${message}`)
    if (error instanceof InvalidFilter) {
      yield* output.say(...error.excerpt.split("\n").map((line) => `  ${line}`))
    }
  }
  yield* output.exitWith(codes[tag] ?? ExitCode.fault)
})
