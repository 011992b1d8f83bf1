/** What the views of the room are made of, kept up to date. */
import { codePage } from "@countersign/copybook/charset/CodePages"
import * as Result from "effect/Result"
import { useDeferredValue, useEffect, useMemo, useState } from "react"
import { makeStore, useStore } from "../connection/Store.ts"
import type { Parameters, Scene } from "../shell/Contribution.ts"
import { hostile } from "../text/HostileText.ts"
import type { ByteSource } from "./ByteSource.ts"
import { type Codec, type Understood, understand } from "./Codec.ts"
import { type OpenCopybook, type OpenData, documents } from "./Documents.ts"
import { type RecordBytes, type RecordTree, readRecord } from "./FieldTree.ts"
import { type Reading, readingOf } from "./Reading.ts"
import { type IndexState, type RecordIndex, makeIndex } from "./RecordIndex.ts"
import { bringCopybook, bringData } from "./ServerFiles.ts"
import { layoutTree } from "./TreeRows.ts"

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Opens what the address names, as far as it can be had again. */
export const useDocuments = (
  scene: Scene,
  { copybook = "", data = "" }: Parameters,
): {
  readonly copybook: OpenCopybook | undefined
  readonly data: OpenData | undefined
  readonly problem: string | undefined
} => {
  const copybooks = useStore(documents.copybooks)
  const all = useStore(documents.data)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const about = useStore(scene.connection.about)
  useEffect(() => {
    let isWanted = true
    setProblem(undefined)
    const fail = (error: unknown) => {
      if (isWanted) setProblem(inWords(error))
    }
    void bringCopybook(scene, copybook).catch(fail)
    void bringData(scene, data).catch(fail)
    return () => {
      isWanted = false
    }
    // What could not be had is asked for again once the connection stands again.
  }, [scene, about, copybook, data])
  return {
    copybook: copybooks.find(({ id }) => id === copybook),
    data: all.find(({ id }) => id === data),
    problem,
  }
}

const readingNames = ["framing", "codepage", "dialect", "endian", "odo", "segments", "format", "of"]

export const useReading = (
  copybook: OpenCopybook | undefined,
  parameters: Parameters,
): Reading & Understood => {
  const key = JSON.stringify(readingNames.map((name) => parameters[name] ?? null))
  const settings = copybook?.settings
  const reading = useMemo(
    () => readingOf(settings ?? {}, parameters),
    // The record's number is no part of it.
    [settings, key],
  )
  const text = useDeferredValue(copybook?.text)
  const understood = useMemo(
    (): Understood =>
      text === undefined ? { diagnostics: [] } : understand(text, reading.settings),
    [text, reading],
  )
  return { ...reading, ...understood }
}

const nothing = makeStore<IndexState>({ records: 0, bytes: 0, state: "complete", faults: [] })

export const useIndex = (
  codec: Codec | undefined,
  source: ByteSource | undefined,
): { readonly index: RecordIndex | undefined; readonly state: IndexState } => {
  const [index, setIndex] = useState<RecordIndex | undefined>(undefined)
  useEffect(() => {
    if (codec === undefined || source === undefined) {
      setIndex(undefined)
      return undefined
    }
    const made = makeIndex(codec, source)
    setIndex(made)
    return () => made.stop()
  }, [codec, source])
  return { index, state: useStore(index?.state ?? nothing) }
}

export interface ShownRecord {
  readonly record: RecordBytes
  readonly tree: RecordTree
}

export interface ReadRecord {
  /** The last one that could be read; `undefined` until there is one. */
  readonly shown: ShownRecord | undefined
  /** Why the one that is wanted can't be read. */
  readonly problem: string | undefined
}

/** The record and its fields. */
export const useRecord = (
  codec: Codec | undefined,
  index: RecordIndex | undefined,
  number: number,
  isThere: boolean,
): ReadRecord => {
  const [record, setRecord] = useState<RecordBytes | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [read, setRead] = useState<RecordIndex | undefined>(undefined)
  useEffect(() => {
    let isWanted = true
    setProblem(undefined)
    if (index === undefined || !isThere) setRecord(undefined)
    else
      void index.read(number).then(
        (found) => {
          if (!isWanted) return
          setRecord(found)
          setRead(index)
        },
        (error: unknown) => {
          if (!isWanted) return
          setRecord(undefined)
          setProblem(`Record ${number} can't be read: ${inWords(error)}`)
        },
      )
    return () => {
      isWanted = false
    }
  }, [index, number, isThere])
  const shown = useMemo(
    () =>
      codec === undefined || record === undefined || read !== index
        ? undefined
        : { record, tree: readRecord(codec, record) },
    [codec, record, read, index],
  )
  return { shown, problem }
}

export const useTree = (
  { layout }: Understood,
  shown: ShownRecord | undefined,
): RecordTree | undefined =>
  useMemo(
    () => shown?.tree ?? (layout === undefined ? undefined : layoutTree(layout)),
    [shown, layout],
  )

/** Each byte's character; a dot where there is none to be seen. */
export const useCharacters = (name: string): ReadonlyArray<string> =>
  useMemo(() => {
    const page = codePage(name)
    if (Result.isFailure(page)) return Array.from({ length: 256 }, () => "·")
    return Array.from(page.success.toUnicode, (unit) => {
      const text = String.fromCharCode(unit)
      const isUnseen = unit < 0x20 || (unit >= 0xe000 && unit < 0xf900)
      return isUnseen || text.search(hostile) >= 0 ? "·" : text
    })
  }, [name])
