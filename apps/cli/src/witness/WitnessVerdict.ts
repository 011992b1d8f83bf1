/** The policy that a verification is given, and what is printed of it. */
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import { verify, type VerifyOptions } from "@countersign/core/trail/Verifier"
import * as WitnessPolicy from "@countersign/core/witness/WitnessPolicy"
import { verifyWitnessed, type WitnessFacts } from "@countersign/core/witness/WitnessedVerification"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import * as Text from "../terminal/Text.ts"

const readPolicy = (
  file: string,
): Effect.Effect<WitnessPolicy.WitnessPolicy, DiskError | WitnessPolicy.PolicyMalformed, Disk> =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const bytes = yield* disk.readRange(file, 0, WitnessPolicy.policyBytesMax + 1)
    return yield* Effect.fromResult(WitnessPolicy.parse(bytes))
  })

const askMillis = 10_000

export const policyFlag = Flag.String("policy").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "Demand the cosignatures of this C2SP witness policy. Catches a history that was rewritten, forked or cut with the log's own key; a whole directory put back to an earlier day passes",
  ),
  Flag.optional,
)

export const askFlag = Flag.Boolean("ask-witnesses").pipe(
  Flag.withDescription(
    "With --policy: also show the newest checkpoint to the witnesses, who refuse it where they have seen more or something else. Catches a whole directory put back to an earlier day",
  ),
  Flag.withDefault(false),
)

/** With a policy, the witnesses' part as well. */
export const verifyWith = Effect.fnUntraced(function* (
  directory: string,
  options: VerifyOptions,
  policyFile: Option.Option<string>,
  isAsking: boolean,
) {
  if (Option.isNone(policyFile)) {
    if (isAsking) {
      const detail = "only a policy says who the witnesses are: give --policy"
      return yield* new UsageError({ parameter: "--ask-witnesses", detail })
    }
    const report = yield* verify(directory, options)
    return { report, witnesses: undefined, namesLog: false }
  }
  const policy = yield* readPolicy(policyFile.value)
  const ask = isAsking ? { ask: { timeoutMillis: askMillis } } : {}
  const witnessed = yield* verifyWitnessed(directory, { ...options, ...ask, policy })
  return { ...witnessed, namesLog: policy.logs.length > 0 }
})

/** Rows for the facts of a report. */
export const rowsOf = (witnesses: WitnessFacts): ReadonlyArray<ReadonlyArray<string>> => {
  const { asked = [], beyond = 0, by, cosignedSize, timeSeconds } = witnesses
  const time = timeSeconds === undefined ? "" : ` at ${new Date(timeSeconds * 1000).toISOString()}`
  const rows: Array<ReadonlyArray<string>> = [
    ["  cosigned by", by.length === 0 ? "nobody" : `${Text.printable(by.join(", "))}${time}`],
  ]
  if (cosignedSize !== undefined) {
    rows.push(["  cosigned", `${Text.count(cosignedSize)} entries, ${Text.count(beyond)} since`])
  }
  for (const { detail, name, says } of asked) {
    const said = says === "agrees" ? "it has seen this and no more" : Text.printable(detail)
    rows.push([`  ${Text.printable(name)} says`, said])
  }
  return rows
}
