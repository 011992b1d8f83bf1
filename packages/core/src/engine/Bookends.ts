/**
 * The first record of a run and the last ones.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { canonicalizeUnsafe } from "../event/CanonicalJson.ts"
import type { OpenTrail } from "../trail/OpenTrail.ts"
import type { BufferPool } from "./BufferPool.ts"
import type { Door } from "./Door.ts"
import type { EncodedBatch } from "./EncodedBatch.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { laneCount, systemLane } from "./Intake.ts"
import * as SystemRecord from "./SystemRecord.ts"

/** SHA-256 over the canonical configuration, in hexadecimal. */
export const configurationDigest = (options: EngineOptions): string =>
  hash("sha256", canonicalizeUnsafe(options))

const typeOf = (entry: Uint8Array | undefined): unknown => {
  if (entry === undefined) return undefined
  try {
    const event: unknown = JSON.parse(Buffer.from(entry).toString("utf8"))
    return typeof event === "object" && event !== null && "type" in event ? event.type : undefined
  } catch {
    return undefined
  }
}

/** Say under what the run begins, how the one before it ended, and which key never came to sign. */
export const openingRecords = (
  options: EngineOptions,
  trail: OpenTrail,
): ReadonlyArray<AuditEventInput> => {
  const { checkpoint, lastEntry, nextSequence, torn } = trail.recovered
  const opened = SystemRecord.opened({
    origin: options.origin,
    fence: trail.lease.fence,
    keyId: trail.keys.keyId,
    configurationDigest: configurationDigest(options),
    previous:
      checkpoint === undefined
        ? undefined
        : {
            size: checkpoint.size,
            root: Buffer.from(checkpoint.root).toString("base64"),
            isClosed: typeOf(lastEntry) === "audit.closed",
          },
    recovered: nextSequence - (checkpoint?.size ?? 0),
    tornBytes: torn.reduce((total, tail) => total + tail.bytes, 0),
  })
  const { abandoned } = trail
  return abandoned === undefined ? [opened] : [opened, SystemRecord.keyAbandoned(abandoned)]
}

/** The closing records go straight into a slab: the lanes are closed by then. */
export const closingBatch = (
  records: ReadonlyArray<AuditEventInput>,
  door: Door,
  pool: BufferPool,
): Effect.Effect<EncodedBatch> =>
  Effect.map(pool.lease, (slab) => {
    let bytes = 0
    for (const record of records) bytes = door.encodeSystemInto(record, slab.bytes, bytes)
    return {
      slab,
      bytes,
      count: records.length,
      perLane: Array.from({ length: laneCount }, (_, lane) =>
        lane === systemLane ? records.length : 0,
      ),
      waiting: [],
      isLogged: false,
    }
  })
