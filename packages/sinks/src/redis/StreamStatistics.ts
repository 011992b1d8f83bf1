/**
 * How a stream and its groups stand, asked in one round trip and at one moment.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { RedisConnection } from "./RedisConnection.ts"
import type { RedisFault } from "./RedisFault.ts"
import { keysOf, statistics } from "./StreamScripts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface GroupStatistics {
  readonly name: string
  readonly consumers: number
  /** Entries that were handed out and not acknowledged. */
  readonly pending: number
  /** Entries not handed out yet; `undefined` where Redis can't tell. */
  readonly lag: number | undefined
  /** How long the oldest pending entry has been with its consumer. Units: milliseconds. */
  readonly oldestPendingMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface StreamStatistics {
  /** Entries in the stream. */
  readonly length: number
  /** Units: bytes, as Redis estimates it from a sample. */
  readonly bytes: number
  /** Entries that collectors could not record. */
  readonly refused: number
  readonly groups: ReadonlyArray<GroupStatistics>
  /** The sequence wanted next of each trail, at most a thousand of them. */
  readonly positions: ReadonlyMap<string, number>
}

type Reply = readonly [
  length: number,
  bytes: number,
  refused: number,
  groups: ReadonlyArray<readonly [Buffer, number, number, number | null, number]>,
  positions: ReadonlyArray<Buffer>,
]

/**
 * The statistics of a stream; all zero where there is none.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (
  connection: RedisConnection,
  stream: string,
): Effect.Effect<StreamStatistics, RedisFault> => {
  const keys = keysOf(stream)
  return Effect.map(
    connection.evaluate(statistics, [keys.stream, keys.positions, keys.refused], []),
    (reply) => {
      // The script's own shape.
      const [length, bytes, refused, groups, positions] = reply as Reply
      return {
        length,
        bytes,
        refused,
        groups: groups.map(([name, consumers, pending, lag, oldestPendingMillis]) => ({
          name: name.toString("utf8"),
          consumers,
          pending,
          lag: lag === null || lag < 0 ? undefined : lag,
          oldestPendingMillis,
        })),
        positions: pairsOf(positions),
      }
    },
  )
}

const pairsOf = (list: ReadonlyArray<Buffer>): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  for (let index = 0; index + 1 < list.length; index += 2) {
    found.set(String(list[index]), Number(String(list[index + 1])))
  }
  return found
}
