/**
 * Tells of alerts on stderr, a line for each.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { AlertTarget } from "./AlertTarget.ts"
import { changeLine } from "./Notice.ts"

/** What nobody reads is not kept. Units: bytes. */
const unreadBytesMax = 1_048_576

/**
 * @category models
 * @since 0.1.0
 */
export interface StderrTargetOptions {
  /** Default `stderr`. */
  readonly name?: string | undefined
  /** Default: the process's. */
  readonly stream?: Pick<NodeJS.WriteStream, "write" | "writableLength"> | undefined
}

/**
 * Needs nothing but the process: what it was told is out when the call returns, where stderr is a
 * file, a terminal or a pipe.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({
  name = "stderr",
  stream = process.stderr,
}: StderrTargetOptions = {}): Effect.Effect<AlertTarget> =>
  Effect.sync(() => {
    const counts = { told: 0, waiting: 0, dropped: 0, failed: 0 }
    // A reader that went away is told of later, and without a listener that would end the process.
    if (stream === process.stderr) process.stderr.on("error", () => (counts.failed += 1))
    return {
      name,
      tell: ({ changes, omitted }) => {
        if (stream.writableLength > unreadBytesMax) {
          counts.dropped += 1
          return
        }
        const more = omitted === 0 ? [] : [`countersign alert: ${omitted} more changes left out`]
        const lines = [...changes.map(changeLine), ...more]
        try {
          stream.write(`${lines.join("\n")}\n`)
          counts.told += 1
        } catch {
          // A closed stderr tells nobody, and is no reason to fail.
          counts.failed += 1
        }
      },
      counts: () => ({ ...counts, lastFailure: undefined }),
    }
  })
