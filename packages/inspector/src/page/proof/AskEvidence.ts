/** Asks the server for what a checkpoint is judged by. What comes is evidence, and believed by nobody. */
import type { KeysFound } from "@countersign/monitor/protocol/TrailProof"
import type { Connection } from "../connection/Connection.ts"
import type { Host } from "../host/Host.ts"
import type { Evidence, JudgedCheckpoint, Memory } from "./CheckpointCheck.ts"
import { isUnreadable, parseCheckpoint, parseNote } from "./Note.ts"
import { readMemory, writeMemory } from "./TrailMemory.ts"

type Asked = Pick<Connection, "ask">

/** A key a day for a century. */
const partsMax = 150

const askKeys = async (connection: Asked, signal: AbortSignal): Promise<KeysFound> => {
  const rotations: Array<KeysFound["rotations"][number]> = []
  let after = 0
  for (let part = 0; part < partsMax; part += 1) {
    const wanted = after
    const found = await connection.ask((client) => client.Keys({ after: wanted }), signal)
    rotations.push(...found.rotations)
    if (found.next === null || found.next <= after) return { ...found, rotations, next: null }
    after = found.next
  }
  throw new Error("the trail has more changes of the key than are read here")
}

const askContinuity = async (
  connection: Asked,
  memory: Memory | undefined,
  size: number,
  signal: AbortSignal,
): Promise<Evidence["continuity"]> => {
  if (memory === undefined || memory.size === 0 || memory.size === size) {
    return { hashes: [], problem: "" }
  }
  const [seen = 0, to = 0] = [memory.size, size].toSorted((left, right) => left - right)
  return connection.ask((client) => client.Checkpoint({ seen, size: to }), signal)
}

/** What of a checkpoint's text says whose it is, before it is judged. */
const claimOf = (text: string): { readonly origin: string; readonly size: number } | undefined => {
  const note = parseNote(text)
  const checkpoint = isUnreadable(note) ? note : parseCheckpoint(note.text)
  return isUnreadable(checkpoint) ? undefined : checkpoint
}

export const askEvidence = async (
  connection: Asked,
  storage: Pick<Host, "read">,
  checkpoint: string,
  signal: AbortSignal,
): Promise<Evidence> => {
  const keys = await askKeys(connection, signal)
  const claim = claimOf(checkpoint)
  const memory = claim === undefined ? undefined : readMemory(storage, claim.origin)
  const continuity = await askContinuity(connection, memory, claim?.size ?? 0, signal)
  return { keys, memory, continuity, nowMillis: Date.now() }
}

/** Remembers what was believed; what another tab has seen meanwhile is not made smaller. */
export const rememberJudged = (
  storage: Pick<Host, "read" | "write">,
  { checkpoint, memory }: JudgedCheckpoint,
): void => {
  if (checkpoint === undefined || memory === undefined) return
  const before = readMemory(storage, checkpoint.origin)
  if (before !== undefined && before.size > memory.size) return
  writeMemory(storage, checkpoint.origin, memory)
}
