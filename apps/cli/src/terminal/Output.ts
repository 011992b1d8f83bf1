/**
 * Where a command's words go: data to stdout, talk to stderr, the verdict to the exit code.
 *
 * A reader that goes away (`| head`) is no error: what was asked for was delivered.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { ExitCode } from "./ExitCode.ts"
import { type Paint, paintFor } from "./Paint.ts"

/** What was to be printed could not be written, such as to a full disk. */
export class OutputFailed extends Schema.TaggedError<OutputFailed>("@countersign/cli/OutputFailed")(
  "OutputFailed",
  { code: Schema.tag("AUD-6101"), isRetryable: Schema.tag(true), detail: Schema.String },
) {
  override get message(): string {
    return `${this.code}: can't write the output: ${this.detail}`
  }
}

export class Output extends Context.Service<
  Output,
  {
    /** Writes to stdout; `false` once nobody reads any more. */
    readonly write: (data: string | Uint8Array) => Effect.Effect<boolean, OutputFailed>
    /** Writes lines to stdout. */
    readonly lines: (...lines: ReadonlyArray<string>) => Effect.Effect<boolean, OutputFailed>
    /** Writes one JSON document on one line to stdout. */
    readonly document: (value: unknown) => Effect.Effect<boolean, OutputFailed>
    /** Says lines to the person, on stderr. */
    readonly say: (...lines: ReadonlyArray<string>) => Effect.Effect<void>
    readonly exitWith: (code: ExitCode) => Effect.Effect<void>
    /** For stdout and for stderr. */
    readonly paint: Paint
    readonly paintSaid: Paint
  }
>()("@countersign/cli/terminal/Output") {
  static readonly layer = Layer.sync(this, () => {
    let isReading = true
    // Without a listener the same failure, which `write` reports, would end the process.
    process.stdout.on("error", () => (isReading = false))
    process.stderr.on("error", () => undefined)
    const write = (data: string | Uint8Array): Effect.Effect<boolean, OutputFailed> =>
      Effect.callback((resume) => {
        if (!isReading) {
          resume(Effect.succeed(false))
          return
        }
        process.stdout.write(data, (cause) => {
          if (cause === null || cause === undefined) return resume(Effect.succeed(true))
          isReading = false
          resume(
            "code" in cause && cause.code === "EPIPE"
              ? Effect.succeed(false)
              : Effect.fail(new OutputFailed({ detail: cause.message })),
          )
        })
      })
    const lines = (...all: ReadonlyArray<string>) => write(`${all.join("\n")}\n`)
    return Output.of({
      write,
      lines,
      document: (value) => lines(JSON.stringify(value)),
      say: (...all) => Effect.sync(() => void process.stderr.write(`${all.join("\n")}\n`)),
      exitWith: (code) =>
        Effect.sync(() => {
          process.exitCode = code
        }),
      paint: paintFor(process.stdout),
      paintSaid: paintFor(process.stderr),
    })
  })
}
