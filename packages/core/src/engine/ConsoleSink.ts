/**
 * A sink that prints one line a record, for trying things out.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { SinkError, type DeliveredBatch, type Sink } from "./Sink.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ConsoleSinkOptions {
  /** Default `console`. */
  readonly name?: string
  /** Where lines go, without the last line's end. Default: `Console.log`. */
  readonly write?: (lines: string) => Effect.Effect<void>
}

const linesOf = (batch: DeliveredBatch): string =>
  batch.entries
    .map((entry, index) => {
      const text = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("utf8")
      return `${batch.trail} ${batch.firstSequence + index} ${text}`
    })
    .join("\n")

/**
 * Prints the trail, the sequence and the record, in one write a batch. Delivers at least once:
 * what is printed stays printed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: ConsoleSinkOptions = {}): Sink => {
  const name = options.name ?? "console"
  const write = options.write ?? Console.log
  let isClosed = false
  return {
    name,
    position: () => Effect.succeed(undefined),
    deliver: (batch) =>
      Effect.suspend(() => {
        if (isClosed) {
          return Effect.fail(
            new SinkError({ sink: name, reason: "unavailable", detail: "it is closed" }),
          )
        }
        return batch.entries.length === 0 ? Effect.void : write(linesOf(batch))
      }),
    close: Effect.sync(() => {
      isClosed = true
    }),
  }
}
