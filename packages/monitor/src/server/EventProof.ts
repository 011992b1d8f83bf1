/**
 * One event with its proof, or, where the trail gives none, with its bytes and what can be said.
 *
 * @since 0.1.0
 */
import { Disk } from "@countersign/core/platform/Disk"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import { inclusionProof } from "@countersign/core/trail/MerkleProof"
import { leafHash } from "@countersign/core/trail/MerkleTree"
import { prove } from "@countersign/core/trail/Prover"
import { decodeText } from "@countersign/core/trail/SignedNote"
import { tileWidth, widthOf } from "@countersign/core/trail/Tile"
import * as TlogProof from "@countersign/core/trail/TlogProof"
import { locateEntries } from "@countersign/core/trail/EntryLayout"
import {
  hashAtUnsafe,
  readCheckpointBytes,
  readFileOf,
  type TrailReadError,
} from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import type { EventName, ProvenEvent } from "../protocol/TrailEvent.ts"
import { readStored, readTile } from "./TrailBytes.ts"

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

const unreadable = (error: TrailReadError): MonitorRefused =>
  new MonitorRefused({ reason: "unreadable", detail: error.message })

const notFound = (detail: string) => new MonitorRefused({ reason: "not-found", detail })

/** The newest checkpoint as it is, and the size that it says, if it says one. */
const readNote = Effect.fnUntraced(function* (directory: string) {
  const bytes = (yield* readCheckpointBytes(directory)) ?? new Uint8Array()
  const parsed = parseSigned(bytes)
  return {
    checkpoint: decodeText(bytes) ?? Buffer.from(bytes).toString("latin1"),
    size: Result.isSuccess(parsed) ? parsed.success.checkpoint.size : undefined,
    root: Result.isSuccess(parsed) ? base64(parsed.success.checkpoint.root) : "",
  }
})

/** Hashes beside the path, as the tiles have them; none where a tile is missing. */
const pathOf = Effect.fnUntraced(function* (directory: string, sequence: number, size: number) {
  const disk = yield* Disk
  return yield* Effect.sync(() => {
    try {
      const hashAt = hashAtUnsafe(directory, size, readFileOf(disk, directory))
      return inclusionProof(sequence, size, hashAt).map(base64)
    } catch {
      return []
    }
  })
})

const idOf = (entry: Buffer): unknown => {
  try {
    const value: unknown = JSON.parse(entry.toString("utf8"))
    return typeof value === "object" && value !== null && "id" in value ? value.id : undefined
  } catch {
    return undefined
  }
}

/** The place of an event in what can still be read of a trail. */
const findPlace = Effect.fnUntraced(function* (directory: string, id: string, size: number) {
  const needle = Buffer.from(JSON.stringify(id))
  const starts = new Uint32Array(tileWidth + 1)
  for (let index = Math.ceil(size / tileWidth) - 1; index >= 0; index -= 1) {
    const width = widthOf(size, "entries", index)
    const { bytes } = yield* readTile(directory, "entries", index, width)
    if (!bytes.includes(needle)) continue
    const located = locateEntries(bytes, starts, tileWidth)
    const count = typeof located === "number" ? located : located.index
    for (let within = 0; within < count; within += 1) {
      const entry = bytes.subarray(starts[within] ?? 0, (starts[within + 1] ?? 0) - 2)
      if (idOf(entry) === id) return index * tileWidth + within
    }
  }
  return undefined
})

/** What is there of an event for which the trail gives no proof. */
const salvaged = Effect.fnUntraced(function* (
  directory: string,
  name: typeof EventName.Type,
  problem: string,
) {
  const { checkpoint, root, size } = yield* readNote(directory)
  // With no size to go by, what lies at the place is still shown.
  const end = size ?? ("sequence" in name ? name.sequence + 1 : 0)
  const sequence = "sequence" in name ? name.sequence : yield* findPlace(directory, name.id, end)
  if (sequence === undefined || sequence >= end) {
    return yield* notFound(`${problem}; and no such event is in what can be read`)
  }
  const stored = yield* readStored(directory, end, sequence)
  const found: ProvenEvent = {
    sequence,
    entry: base64(stored.entry ?? new Uint8Array()),
    leafHash: stored.entry === undefined ? "" : base64(leafHash(stored.entry)),
    tileHash: base64(stored.tileHash ?? new Uint8Array()),
    hashes: size === undefined ? [] : yield* pathOf(directory, sequence, size),
    size: size ?? 0,
    root,
    checkpoint,
    proof: "",
    problem: stored.problem === "" ? problem : `${problem}; the entry: ${stored.problem}`,
  }
  return found
})

const proven = Effect.fnUntraced(function* (directory: string, proof: string) {
  // What `prove` has written can be read; that it carries its entry is how `prove` writes it.
  const {
    entry = new Uint8Array(),
    hashes,
    index,
    signed,
  } = yield* Effect.orDie(Effect.fromResult(TlogProof.parse(Buffer.from(proof))))
  const { root, size } = signed.checkpoint
  const stored = yield* readStored(directory, size, index)
  const found: ProvenEvent = {
    sequence: index,
    entry: base64(entry),
    leafHash: base64(leafHash(entry)),
    tileHash: base64(stored.tileHash ?? new Uint8Array()),
    hashes: hashes.map(base64),
    size,
    root: base64(root),
    checkpoint: proof.slice(proof.indexOf("\n\n") + 2),
    proof,
    problem: "",
  }
  return found
})

/**
 * An event with its proof, which is checked against the checkpoint's root before it is given out.
 * Where the trail gives no proof, what lies there is given with the reason.
 *
 * @category running
 * @since 0.1.0
 */
export const provenEvent = (
  directory: string,
  name: typeof EventName.Type,
): Effect.Effect<ProvenEvent, MonitorRefused, Disk> =>
  prove(directory, "id" in name ? name.id : name.sequence).pipe(
    Effect.flatMap((proof) => proven(directory, proof)),
    Effect.catch((error) => {
      switch (error._tag) {
        case "EntryNotFound":
          return Effect.fail(notFound(error.message))
        case "DiskError":
          return Effect.fail(unreadable(error))
        default:
          return salvaged(directory, name, error.message)
      }
    }),
    Effect.mapError((error) => (error._tag === "MonitorRefused" ? error : unreadable(error))),
  )
