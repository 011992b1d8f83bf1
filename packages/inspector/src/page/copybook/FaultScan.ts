/** Looks through a file for records that are not as their copybook says. */
import type { ByteSource } from "./ByteSource.ts"
import type { Codec } from "./Codec.ts"
import { batchesOf, strideOf } from "./RecordIndex.ts"

export interface FoundFault {
  readonly code: string
  /** 0-based. */
  readonly record: number
  /** Units: bytes. */
  readonly fileOffset: number
  /** Of the field; `undefined` where the record itself was not found, or has no kind. */
  readonly path?: string
  /** From the record's beginning. Units: bytes. */
  readonly offset?: number
  readonly bytes: Uint8Array
  readonly message: string
}

export interface ScanState {
  readonly bytes: number
  readonly records: number
  readonly faulty: number
  readonly found: ReadonlyArray<FoundFault>
  readonly isDone: boolean
}

/** More are counted, and not shown. */
export const foundMax = 1000
const shownBytes = 16

export interface ScanOptions {
  /** Records before it are passed over. */
  readonly from?: number
  /** Ends at the first. */
  readonly isFirstOnly?: boolean
  readonly signal: AbortSignal
  readonly onState?: (state: ScanState) => void
}

/** As if the file began so much later. */
const behind = (source: ByteSource, shift: number): ByteSource => ({
  ...source,
  size: Math.max(0, source.size - shift),
  read: (offset, length, signal) => source.read(offset + shift, length, signal),
})

const shifted = (state: ScanState, records: number, bytes: number): ScanState => ({
  ...state,
  records: state.records + records,
  bytes: state.bytes + bytes,
  found: state.found.map((fault) => ({
    ...fault,
    record: fault.record + records,
    fileOffset: fault.fileOffset + bytes,
  })),
})

const scanned = async (
  codec: Codec,
  source: ByteSource,
  { from = 0, isFirstOnly = false, onState, signal }: ScanOptions,
): Promise<ScanState> => {
  const found: Array<FoundFault> = []
  let records = 0
  let faulty = 0
  let state: ScanState = { bytes: 0, records, faulty, found, isDone: false }
  for await (const { batches, bytes, faults } of batchesOf(codec, source, signal)) {
    const here: Array<FoundFault> = []
    const put = (fault: FoundFault) => {
      if (here.length < foundMax) here.push(fault)
    }
    for (const fault of faults) {
      if (fault.record < from) continue
      faulty += 1
      const { code, fileOffset, message, record } = fault
      put({ code, fileOffset, message, record, bytes: fault.bytes.slice(0, shownBytes) })
    }
    for (const batch of batches) {
      records = batch.firstRecord + batch.count
      if (records <= from) continue
      for (const { faults: own, fileOffset, record, reject } of codec.decoder.decode(batch)) {
        if (reject === undefined || record < from) continue
        faulty += 1
        for (const fault of own) put({ ...fault, bytes: fault.bytes.slice(0, shownBytes) })
        if (own.length > 0) continue
        for (const { code, message } of reject.faults)
          put({ code, message, record, fileOffset, bytes: reject.bytes.slice(0, shownBytes) })
      }
    }
    // Framing tells its faults apart from those of records.
    here.sort((one, other) => one.record - other.record || one.fileOffset - other.fileOffset)
    found.push(...here.slice(0, foundMax - found.length))
    state = { bytes, records, faulty, found: [...found], isDone: false }
    onState?.(state)
    if (isFirstOnly && found.length > 0) break
  }
  return { ...state, isDone: !signal.aborted }
}

/**
 * Framing's faults, and those of fields; in the order of the file.
 *
 * @returns what was found when it ended or was aborted
 */
export const scanFaults = async (
  codec: Codec,
  source: ByteSource,
  options: ScanOptions,
): Promise<ScanState> => {
  const { from = 0, onState } = options
  // Records that all have one length need not be read to be passed over.
  const stride = strideOf(codec)
  if (stride === undefined || from === 0) return scanned(codec, source, options)
  const bytes = from * stride
  const done = await scanned(codec, behind(source, bytes), {
    ...options,
    from: 0,
    onState: (state) => onState?.(shifted(state, from, bytes)),
  })
  return shifted(done, from, bytes)
}
