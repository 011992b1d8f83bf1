/** Copybooks and files with records that are open: samples, files of the user and of the server. */
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { type Store, makeStore } from "../connection/Store.ts"
import { type ByteSource, fileSource, memorySource } from "./ByteSource.ts"
import { samples } from "./Sample.ts"

export interface OpenCopybook {
  /** `sample:…`, `server:…` or `own:…`; only what begins so stands in an address. */
  readonly id: string
  readonly name: string
  readonly text: string
  /** What comes with it; the address stands over it. */
  readonly settings: FileSettings
}

export interface OpenData {
  readonly id: string
  readonly name: string
  readonly source: ByteSource
  /** The copybook that it comes with. */
  readonly copybook?: string
}

export interface Documents {
  readonly copybooks: Store<ReadonlyArray<OpenCopybook>>
  readonly data: Store<ReadonlyArray<OpenData>>
}

export const documents: Documents = {
  copybooks: makeStore<ReadonlyArray<OpenCopybook>>([]),
  data: makeStore<ReadonlyArray<OpenData>>([]),
}

/** A longer one is no copybook. Units: bytes. */
export const copybookBytesMax = 1024 * 1024

const put = <A extends { readonly id: string }>(store: Store<ReadonlyArray<A>>, one: A): void =>
  store.set([...store.get().filter(({ id }) => id !== one.id), one])

export const openCopybook = (one: OpenCopybook): void => put(documents.copybooks, one)
export const openData = (one: OpenData): void => put(documents.data, one)

export const changeText = (id: string, text: string): void => {
  const { copybooks } = documents
  copybooks.set(copybooks.get().map((one) => (one.id === id ? { ...one, text } : one)))
}

export const close = (id: string): void => {
  const { copybooks, data } = documents
  copybooks.set(copybooks.get().filter((one) => one.id !== id))
  data.set(data.get().filter((one) => one.id !== id))
}

export const openSample = (name: string): void => {
  const sample = samples.find((one) => one.name === name)
  const id = `sample:${name}`
  if (sample === undefined || documents.copybooks.get().some((one) => one.id === id)) return
  openCopybook({ id, name, text: sample.text, settings: sample.settings })
  for (const { make, name: file } of sample.data)
    openData({
      id: `sample:${file}`,
      name: file,
      source: memorySource(file, make()),
      copybook: id,
    })
}

const picture = /\bPIC(?:TURE)?\b/i
const names = /\.(?:cpy|cbl|cob|copy|cobol|pco)$/i

/** What is no UTF-8 is taken byte by byte, so that columns stay columns. */
export const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder("latin1").decode(bytes)
  }
}

/** By its name, or by what is in it. */
export const isCopybook = (name: string, start: Uint8Array): boolean =>
  names.test(name) || (!start.subarray(0, 4096).includes(0) && picture.test(textOf(start)))

export interface Opened {
  readonly copybook?: string
  readonly data?: string
  /** Of files that were too large for what their names say. */
  readonly refused: ReadonlyArray<string>
}

/** Files that the user chose or dropped; of several of one kind the last is the one to show. */
export const openFiles = async (files: ReadonlyArray<File>): Promise<Opened> => {
  const refused: Array<string> = []
  let copybook: string | undefined
  let data: string | undefined
  for (const file of files) {
    const start = new Uint8Array(await file.slice(0, 64 * 1024).arrayBuffer())
    const id = `own:${file.name}`
    if (!isCopybook(file.name, start)) {
      openData({ id, name: file.name, source: fileSource(file) })
      data = id
    } else if (file.size > copybookBytesMax) refused.push(file.name)
    else {
      const text = textOf(new Uint8Array(await file.arrayBuffer()))
      openCopybook({ id, name: file.name, text, settings: {} })
      copybook = id
    }
  }
  return {
    ...(copybook === undefined ? {} : { copybook }),
    ...(data === undefined ? {} : { data }),
    refused,
  }
}

let pasted = 0

/** The name that it has here. */
export const paste = (text: string): string => {
  pasted += 1
  const name = `pasted-${pasted}.cpy`
  openCopybook({ id: `own:${name}`, name, text, settings: {} })
  return `own:${name}`
}
