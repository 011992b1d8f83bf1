/** What the trail says of a directory's files. */
import * as path from "node:path"
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

const LineageField = Schema.Struct({
  field: Schema.String,
  offset: Schema.Number,
  length: Schema.Number,
  storage: Schema.String,
  column: Schema.String,
  kind: Schema.optionalKey(Schema.String),
  classification: Schema.optionalKey(Schema.String),
})

const Lineage = Schema.Struct({
  type: Schema.Literal("copybook.file.lineage"),
  data: Schema.Struct({ to: Schema.String, fields: Schema.Array(LineageField) }),
})

const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Union([Closed, Written, Lineage])),
)

/** A column of a table, and the field that it comes from. */
export interface Origin extends Schema.Schema.Type<typeof LineageField> {
  readonly table: string
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
          for (const field of event.data.fields) origins.push({ ...field, table })
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
