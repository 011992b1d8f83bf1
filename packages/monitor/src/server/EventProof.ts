/**
 * One event with its proof, or, where the trail gives none, with its bytes and what can be said.
 *
 * @since 0.1.0
 */
import { Disk } from "@countersign/core/platform/Disk"
import { parseSigned } from "@countersign/core/trail/Checkpoint"
import { inclusionProof } from "@countersign/core/trail/MerkleProof"
import { leafHash } from "@countersign/core/trail/MerkleTree"
import { EntryNotFound, prove } from "@countersign/core/trail/Prover"
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
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import type { EventName, ProvenEvent } from "../protocol/TrailEvent.ts"
import { readStored, readTile } from "./TrailBytes.ts"
import { Turn } from "./Turn.ts"

/** How far back an id is looked for, so that none holds the disk for long. */
const walkEntriesMax = 1_048_576
const walkMillisMax = 2000

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

/** What was passed over on the way, where that is why an event was not found. */
const unseenOf = (id: string, size: number, looked: number, damaged: number): string => {
  const found = `no event ${id} among the newest ${looked} of ${size} entries`
  const search =
    looked < size ? `; look further with Find and the filter id=${JSON.stringify(id)}` : ""
  return damaged === 0
    ? found + search
    : `${found}, of which ${damaged} bundles can't be read${search}`
}

/** The place of an event in what can be read of a trail, from its end, as far as the walk goes. */
const findPlace = Effect.fnUntraced(function* (directory: string, id: string) {
  const { size } = yield* readNote(directory)
  if (size === undefined) {
    return yield* notFound(`no event ${id} can be looked for: the checkpoint can't be read`)
  }
  const needle = Buffer.from(JSON.stringify(id))
  const starts = new Uint32Array(tileWidth + 1)
  const begunMillis = yield* Clock.currentTimeMillis
  const turn = new Turn()
  let looked = 0
  let damaged = 0
  while (looked < size) {
    const passedMillis = (yield* Clock.currentTimeMillis) - begunMillis
    if (looked >= walkEntriesMax || passedMillis >= walkMillisMax) break
    const index = Math.ceil((size - looked) / tileWidth) - 1
    const width = widthOf(size, "entries", index)
    const { bytes, problem } = yield* readTile(directory, "entries", index, width)
    looked += width
    if (problem !== "") damaged += 1
    if (bytes.includes(needle)) {
      const located = locateEntries(bytes, starts, tileWidth)
      const count = Math.min(width, typeof located === "number" ? located : located.index)
      for (let within = 0; within < count; within += 1) {
        const entry = bytes.subarray(starts[within] ?? 0, (starts[within + 1] ?? 0) - 2)
        if (!entry.includes(needle)) continue
        if (idOf(entry) === id) return index * tileWidth + within
        if (turn.isOver(entry)) yield* Effect.yieldNow
      }
    }
    yield* Effect.yieldNow
  }
  return yield* notFound(
    looked === size && damaged === 0
      ? new EntryNotFound({ directory, entry: id, size }).message
      : unseenOf(id, size, looked, damaged),
  )
})

/** What is there of an event for which the trail gives no proof. */
const salvaged = Effect.fnUntraced(function* (
  directory: string,
  sequence: number,
  problem: string,
) {
  const { checkpoint, root, size } = yield* readNote(directory)
  // With no size to go by, what lies at the place is still shown.
  const end = size ?? sequence + 1
  if (sequence >= end) {
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

const provenAt = (directory: string, sequence: number) =>
  prove(directory, sequence).pipe(
    Effect.flatMap((proof) => proven(directory, proof)),
    Effect.catch((error) => {
      switch (error._tag) {
        case "EntryNotFound":
          return Effect.fail(notFound(error.message))
        case "DiskError":
          return Effect.fail(unreadable(error))
        default:
          return salvaged(directory, sequence, error.message)
      }
    }),
  )

/**
 * An event with its proof, which is checked against the checkpoint's root before it is given out.
 * Where the trail gives no proof, what lies there is given with the reason. An id is looked for from
 * the trail's end, among a million entries and for two seconds at most.
 *
 * @category running
 * @since 0.1.0
 */
export const provenEvent = (
  directory: string,
  name: typeof EventName.Type,
): Effect.Effect<ProvenEvent, MonitorRefused, Disk> =>
  ("id" in name ? findPlace(directory, name.id) : Effect.succeed(name.sequence)).pipe(
    Effect.flatMap((sequence) => provenAt(directory, sequence)),
    Effect.mapError((error) => (error._tag === "MonitorRefused" ? error : unreadable(error))),
  )
