/** All that is wrong with one record: with its fields, or with the record itself. */
import type { FoundFault } from "./FaultScan.ts"
import type { RecordBytes, RecordTree } from "./FieldTree.ts"

export interface RecordFaults {
  /** `false`: the settings leave the record out, so nothing is known of it. */
  readonly isDecoded: boolean
  readonly faults: ReadonlyArray<FoundFault>
}

const shownBytes = 16

export const recordFaults = (
  { faults, isDecoded, troubles }: RecordTree,
  { bytes, fileOffset, number }: RecordBytes,
): RecordFaults => ({
  isDecoded,
  faults: [
    ...faults,
    ...troubles.map(({ code, message }) => ({
      code,
      message,
      record: number,
      fileOffset,
      bytes: bytes.slice(0, shownBytes),
    })),
  ],
})
