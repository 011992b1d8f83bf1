/** `countersign verify DIR --timestamps CA.pem`: since when have the entries existed? */
import { readAnchors } from "@countersign/core/timestamp/Timestamping"
import {
  type TimestampedReport,
  verifyTimestamped,
} from "@countersign/core/timestamp/TimestampedVerification"
import type { VerifyOptions } from "@countersign/core/trail/Verifier"
import type { VerifyReport } from "@countersign/core/trail/VerifyReport"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import * as Text from "../terminal/Text.ts"

export const timestampsFlag = Flag.String("timestamps").pipe(
  Flag.withMetavar("CA.pem"),
  Flag.withDescription(
    "Verify the timestamps too: certificates that must vouch for their authorities",
  ),
  Flag.optional,
)

export const stampsFlag = Flag.String("stamps").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription(
    "With --timestamps: copies of the trail's timestamps, kept elsewhere, that the trail must continue",
  ),
  Flag.optional,
)

/** What the timestamps say, where it was asked for. */
export type TimestampFacts = Omit<TimestampedReport, "report"> | undefined

/** Verifies, and the timestamps too where the flag is given. */
export const verifyWith = <A extends { readonly report: VerifyReport }, E, R>(
  directory: string,
  options: VerifyOptions,
  flag: Option.Option<string>,
  stamps: Option.Option<string>,
  verification: Effect.Effect<A, E, R>,
) =>
  Effect.gen(function* () {
    if (Option.isNone(flag)) {
      if (Option.isSome(stamps)) {
        const detail = "needs --timestamps, the certificates that vouch for the authorities"
        return yield* new UsageError({ parameter: "--stamps", detail })
      }
      const timestamps: TimestampFacts = undefined
      return { ...(yield* verification), timestamps }
    }
    const anchors = yield* readAnchors(flag.value)
    const copies = Option.getOrUndefined(stamps)
    const verified = yield* verifyTimestamped(directory, anchors, options, verification, copies)
    const { proven, uncheckedCount, unvouched } = verified
    const timestamps: TimestampFacts = { proven, unvouched, uncheckedCount }
    return { ...verified, timestamps }
  })

const timeOf = (millis: number): string => new Date(millis).toISOString()

/** What to print: the oldest provable time, and what the newest timestamp covers. */
export const lines = (timestamps: TimestampFacts): ReadonlyArray<string> => {
  if (timestamps === undefined) return []
  const { proven, unvouched } = timestamps
  const oldest = proven.toSorted((left, right) => left.millis - right.millis)[0]
  const widest = proven.at(-1)
  const others =
    unvouched.length === 0
      ? []
      : [`  ${Text.counted(unvouched.length, "timestamp")} by authorities that nobody vouches for`]
  if (oldest === undefined || widest === undefined) return others
  return [
    `  existed     ${Text.counted(oldest.size, "entry", "entries")} at ${timeOf(oldest.millis)}, says ${Text.printable(oldest.authority)}: the oldest of ${Text.counted(proven.length, "timestamp")}`,
    ...(widest === oldest
      ? []
      : [
          `  existed     ${Text.counted(widest.size, "entry", "entries")} at ${timeOf(widest.millis)}, says ${Text.printable(widest.authority)}`,
        ]),
    ...others,
  ]
}
