/** Files that the server was given, and samples: what an address names, brought here. */
import { fileBytesMax } from "@countersign/monitor/protocol/GivenFile"
import { useEffect } from "react"
import { makeStore, useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { type ByteSource, serverSource } from "./ByteSource.ts"
import {
  copybookBytesMax,
  documents,
  openCopybook,
  openData,
  openSample,
  textOf,
} from "./Documents.ts"

export interface ServerFile {
  readonly id: string
  readonly name: string
  readonly kind: "copybook" | "data"
  /** Units: bytes. */
  readonly size: number
}

const known = makeStore<ReadonlyArray<ServerFile>>([])

const refresh = async ({ connection }: Scene): Promise<ReadonlyArray<ServerFile>> => {
  const found = await connection.ask((client) => client.Files())
  const files = found.map((file) => ({ ...file, id: `server:${file.name}` }))
  known.set(files)
  return files
}

/** What it has to offer; asked when somebody looks, and of whoever is connected next once more. */
export const useServerFiles = (scene: Scene): ReadonlyArray<ServerFile> => {
  const about = useStore(scene.connection.about)
  useEffect(() => {
    if (about === undefined) return
    // An older server has none.
    void refresh(scene).catch(() => undefined)
  }, [scene, about])
  return useStore(known)
}

const fileOf = async (scene: Scene, id: string, kind: ServerFile["kind"]): Promise<ServerFile> => {
  const wanted = (files: ReadonlyArray<ServerFile>) =>
    files.find((file) => file.id === id && file.kind === kind)
  const file = wanted(known.get()) ?? wanted(await refresh(scene))
  if (file === undefined)
    throw new Error(`the server has no ${kind} ${id.slice(id.indexOf(":") + 1)}`)
  return file
}

const sourceOf = ({ connection }: Scene, { name, size }: ServerFile): ByteSource =>
  serverSource(name, size, async (offset, length, signal) => {
    if (length <= 0) return new Uint8Array(0)
    const range = { name, offset, length: Math.min(length, fileBytesMax) }
    return (await connection.ask((client) => client.FileBytes(range), signal)).bytes
  })

const wholeOf = async (source: ByteSource): Promise<Uint8Array> => {
  const bytes = new Uint8Array(source.size)
  for (let at = 0; at < bytes.length;) {
    const piece = await source.read(at, fileBytesMax)
    if (piece.length === 0) return bytes.subarray(0, at)
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const lost = (id: string): Error =>
  new Error(
    `${id.slice(id.indexOf(":") + 1)} was opened from this machine or pasted: no address can bring it back`,
  )

/** Does nothing where it is here already. Rejects where it can't be had again. */
export const bringCopybook = async (scene: Scene, id: string): Promise<void> => {
  if (id === "" || documents.copybooks.get().some((one) => one.id === id)) return
  if (id.startsWith("own:")) throw lost(id)
  if (id.startsWith("sample:")) return openSample(id.slice("sample:".length))
  if (!id.startsWith("server:")) return
  const file = await fileOf(scene, id, "copybook")
  if (file.size > copybookBytesMax) throw new Error(`${file.name} is too large for a copybook`)
  const text = textOf(await wholeOf(sourceOf(scene, file)))
  openCopybook({ id, name: file.name, text, settings: {} })
}

/** The same for a file with records. */
export const bringData = async (scene: Scene, id: string): Promise<void> => {
  if (id === "" || documents.data.get().some((one) => one.id === id)) return
  if (id.startsWith("own:")) throw lost(id)
  if (id.startsWith("sample:")) return openSample("bank-day.cpy")
  if (!id.startsWith("server:")) return
  const file = await fileOf(scene, id, "data")
  openData({ id, name: file.name, source: sourceOf(scene, file) })
}
