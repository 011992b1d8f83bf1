/** Arguments and flags that several commands share. */
import { readFile } from "node:fs/promises"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Filter from "@countersign/core/query/Filter"
import { UsageError } from "../terminal/Failure.ts"

export const directory = Argument.String("dir").pipe(
  Argument.withDescription("The trail's directory"),
)

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print JSON instead of text"),
  Flag.withDefault(false),
)

export const key = Flag.String("key").pipe(
  Flag.withMetavar("VKEY|FILE"),
  Flag.withDescription("The verifier key to trust, as text or in a file"),
)

export const databaseUrl = Flag.Redacted("url").pipe(
  Flag.withMetavar("URL"),
  Flag.withDescription(
    "The database, postgres://role@host/name; the password from PGPASSWORD or ~/.pgpass where it holds none",
  ),
)

/** Refuses what is no address of a PostgreSQL database, without repeating it. */
export const requireDatabaseUrl = (url: Redacted.Redacted): Effect.Effect<void, UsageError> =>
  /^postgres(?:ql)?:$/.test(URL.parse(Redacted.value(url))?.protocol ?? "")
    ? Effect.void
    : Effect.fail(
        new UsageError({
          parameter: "--url",
          detail: "is not the address of a PostgreSQL database, such as postgres://role@host/name",
        }),
      )

/** A verifier key given as text or as the name of a file that holds it. */
export const parseKey = (text: string): Effect.Effect<SignedNote.VerifierKey, UsageError> =>
  Effect.gen(function* () {
    const direct = SignedNote.parseVerifierKey(text)
    if (Result.isSuccess(direct)) return direct.success
    const content = yield* Effect.promise(() => readFile(text, "utf8").catch(() => undefined))
    if (content === undefined) {
      return yield* new UsageError({
        parameter: "--key",
        detail: `"${text}" is neither a file that can be read nor a verifier key: ${direct.failure.detail}`,
      })
    }
    const parsed = SignedNote.parseVerifierKey(content)
    if (Result.isSuccess(parsed)) return parsed.success
    return yield* new UsageError({
      parameter: "--key",
      detail: `${text} holds no verifier key: ${parsed.failure.detail}; countersign key DIR prints one`,
    })
  })

export const parseFilter = (text: string) => Effect.fromResult(Filter.parse(text))

/** Refuses a number outside of these bounds, which are within. */
export const between = (least: number, most: number) =>
  Flag.filter(
    (value: number) => value >= least && value <= most,
    (value) => `${value} is not between ${least} and ${most}`,
  )
