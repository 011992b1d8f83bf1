/** What the trail says of a directory's files. */
import * as path from "node:path"
import { LineageRow } from "@countersign/copybook/audit/FileLineage"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { tableWritten } from "./decodeTable.ts"

const targeted = { target: Schema.Array(Schema.Struct({ id: Schema.String })) }

const Closed = Schema.Struct({
  ...targeted,
  type: Schema.Literal("copybook.file.closed"),
  data: Schema.Struct({ sha256: Schema.NullOr(Schema.String), rejected: Schema.Number }),
})

const Written = Schema.Struct({
  ...targeted,
  type: Schema.Literal(tableWritten),
  data: Schema.Struct({ sha256: Schema.String, rows: Schema.Number }),
})

const Lineage = Schema.Struct({
  type: Schema.Literal("copybook.file.lineage"),
  data: Schema.Struct({ to: Schema.String, rows: Schema.Array(LineageRow) }),
})

const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Union([Closed, Written, Lineage])),
)

/** A column of a table, and the field that it comes from. */
export interface Origin {
  readonly table: string
  readonly field: string
  readonly offset: number
  readonly length: number
  readonly storage: string
  readonly column: string
  /** What kind of sensitive field it is; `null`: it is none. */
  readonly kind: string | null
  readonly classification: string | null
}

export interface TrailFacts {
  /** SHA-256 of files by their names, as often as the trail says one. */
  readonly digests: ReadonlyMap<string, ReadonlySet<string>>
  readonly rejected: number
  readonly origins: ReadonlyArray<Origin>
}

/** Files go by their names, so that the directory may be moved. */
export const trailFacts = Effect.fnUntraced(function* (directory: string) {
  const digests = new Map<string, Set<string>>()
  const origins: Array<Origin> = []
  let rejected = 0
  yield* entries(directory).pipe(
    Stream.runForEach(({ bytes }) =>
      Effect.sync(() => {
        const found = decode(Buffer.from(bytes).toString("utf8"))
        if (found._tag === "None") return
        const event = found.value
        if (event.type === "copybook.file.lineage") {
          const table = path.basename(event.data.to)
          for (const row of event.data.rows) {
            const [field, offset, length, storage, column, kind, classification] = row
            origins.push({ table, field, offset, length, storage, column, kind, classification })
          }
          return
        }
        const name = path.basename(event.target[0]?.id ?? "")
        const known = digests.get(name) ?? new Set()
        digests.set(name, known.add(event.data.sha256 ?? "none: hashing failed"))
        if (event.type === "copybook.file.closed") rejected += event.data.rejected
      }),
    ),
  )
  const facts: TrailFacts = { digests, rejected, origins }
  return facts
})
