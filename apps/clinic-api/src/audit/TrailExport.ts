/**
 * The audit trail as lines of JSON, as fast as its reader takes them.
 *
 * The lines are the bytes of the trail, which can be hashed and proven. At most one bundle of
 * 256 records is in memory, however slow the reader is.
 */
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditUnavailable } from "@countersign/core/engine/AuditError"
import { Disk } from "@countersign/core/platform/Disk"
import { everything, type Filter, matches, parse } from "@countersign/core/query/Filter"
import type { InvalidFilter } from "@countersign/core/query/InvalidFilter"
import { entries, type TrailEntry, type TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"

export interface ExportedLines {
  readonly bytes: Uint8Array
  /** How many lines. */
  readonly count: number
}

export class TrailExport extends Context.Service<
  TrailExport,
  {
    /** Everything that is durable now and passes the filter. */
    readonly lines: (
      filter: string | undefined,
    ) => Effect.Effect<
      Stream.Stream<ExportedLines, TrailReadError>,
      InvalidFilter | AuditUnavailable
    >
  }
>()("@countersign/clinic-api/audit/TrailExport") {
  static readonly layer = (directory: string): Layer.Layer<TrailExport, never, Audit | Disk> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const audit = yield* Audit
        const disk = yield* Disk
        const clock = yield* Clock.clockWith(Effect.succeed)
        const lines = Effect.fnUntraced(function* (text: string | undefined) {
          const filter = yield* Effect.fromResult(
            text === undefined || text === "" ? Result.succeed(everything) : parse(text),
          )
          yield* audit.publish
          const nowMillis = clock.currentTimeMillisUnsafe()
          return entries(path.resolve(directory)).pipe(
            Stream.mapArray((page) => [linesOf(page, filter, nowMillis)] as const),
            Stream.filter(({ count }) => count > 0),
            Stream.provideService(Disk, disk),
          )
        })
        return TrailExport.of({ lines })
      }),
    )
}

const newline = Buffer.from("\n")

const linesOf = (
  page: ReadonlyArray<TrailEntry>,
  filter: Filter,
  nowMillis: number,
): ExportedLines => {
  const parts: Array<Uint8Array> = []
  let count = 0
  for (const { bytes } of page) {
    const passes =
      filter === everything ||
      matches(filter, JSON.parse(Buffer.from(bytes).toString("utf8")), nowMillis)
    if (!passes) continue
    parts.push(bytes, newline)
    count += 1
  }
  return { bytes: Buffer.concat(parts), count }
}
