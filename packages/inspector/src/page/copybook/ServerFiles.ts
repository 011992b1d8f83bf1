/** Files that the server was given, and samples: what an address names, brought here. */
import type { Scene } from "../shell/Contribution.ts"
import { documents, openSample } from "./Documents.ts"

/** Does nothing where it is here already, or only its owner can open it. */
export const bringCopybook = async (_: Scene, id: string): Promise<void> => {
  if (documents.copybooks.get().some((one) => one.id === id)) return
  if (id.startsWith("sample:")) openSample(id.slice("sample:".length))
}

export const bringData = async (_: Scene, id: string): Promise<void> => {
  if (documents.data.get().some((one) => one.id === id)) return
  if (id.startsWith("sample:")) openSample("bank-day.cpy")
}

export interface ServerFile {
  readonly id: string
  readonly name: string
  readonly kind: "copybook" | "data"
  /** Units: bytes. */
  readonly size: number
}

const none: ReadonlyArray<ServerFile> = []

export const useServerFiles = (_: Scene): ReadonlyArray<ServerFile> => none
