/** Whether PostgreSQL holds the trail: each record once, in its place, byte for byte. */
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { entries, type TrailEntry } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Client } from "pg"

export interface Comparison {
  /** Records of the trail. */
  readonly records: number
  /** Rows of the table. */
  readonly rows: number
  readonly missing: number
  readonly twice: number
  readonly different: number
  /** Events whose own number does not follow that of the one before. */
  readonly outOfOrder: number
  /** Events that carry a number of their own. */
  readonly events: number
}

const numberMark = Buffer.from('"number":')

/** The number that the load gave an event; `undefined` of the engine's own records. */
const numberOf = (entry: Uint8Array): number | undefined => {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
  const at = bytes.indexOf(numberMark)
  if (at < 0) return undefined
  return Number.parseInt(bytes.toString("latin1", at + numberMark.length, at + 24), 10)
}

/** Reads the trail and the table side by side. */
export const compare = async (directory: string, client: Client): Promise<Comparison> => {
  const counted = { records: 0, missing: 0, twice: 0, different: 0, outOfOrder: 0, events: 0 }
  let last = -1
  const compareBundle = async (bundle: ReadonlyArray<TrailEntry>): Promise<void> => {
    const from = counted.records
    const { rows } = await client.query<{ sequence: string; entry: Buffer }>(
      `select sequence, entry from countersign.audit_record
         where sequence >= $1 and sequence < $2 order by sequence`,
      [from, from + bundle.length],
    )
    const stored = new Map<number, Array<Buffer>>()
    for (const { entry, sequence } of rows) {
      stored.set(Number(sequence), [...(stored.get(Number(sequence)) ?? []), entry])
    }
    for (const { bytes, sequence } of bundle) {
      const copies = stored.get(sequence) ?? []
      if (copies.length === 0) counted.missing += 1
      if (copies.length > 1) counted.twice += 1
      if (copies[0]?.equals(bytes) === false) counted.different += 1
      const number = numberOf(copies[0] ?? bytes)
      if (number === undefined) continue
      counted.events += 1
      if (number !== last + 1) counted.outOfOrder += 1
      last = number
    }
    counted.records += bundle.length
  }
  await Effect.runPromise(
    entries(directory).pipe(
      Stream.rechunk(2_048),
      Stream.runForEachArray((bundle) => Effect.promise(() => compareBundle(bundle))),
      Effect.provide(NodeDisk.layer),
    ),
  )
  const { rows } = await client.query<{ count: string }>(
    "select count(*) from countersign.audit_record",
  )
  return { ...counted, rows: Number(rows[0]?.count) }
}
