/** What the page remembers of each trail, in its host's own storage. */
import type { Host } from "../host/Host.ts"
import type { Memory } from "./CheckpointCheck.ts"

type Storage = Pick<Host, "read" | "write">

const keyOf = (origin: string): string => `proof.${origin}`

export const readMemory = (storage: Pick<Storage, "read">, origin: string): Memory | undefined => {
  try {
    const found: unknown = JSON.parse(storage.read(keyOf(origin)) ?? "null")
    if (typeof found !== "object" || found === null) return undefined
    const { key, root, sinceMillis, size } = { key: 0, root: 0, sinceMillis: 0, size: 0, ...found }
    if (typeof key !== "string" || typeof root !== "string") return undefined
    return Number.isSafeInteger(size) && Number.isSafeInteger(sinceMillis)
      ? { key, root, sinceMillis, size }
      : undefined
  } catch {
    return undefined
  }
}

export const writeMemory = (storage: Storage, origin: string, memory: Memory): void =>
  storage.write(keyOf(origin), JSON.stringify(memory))

/** As if the page had never seen the trail: the next key is its first. */
export const forget = (storage: Storage, origin: string): void => storage.write(keyOf(origin), "")
