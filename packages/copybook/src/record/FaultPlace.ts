/**
 * How a fault says where it is.
 *
 * @since 0.1.0
 */
import { type DecodeFaultCode, decodeFaults } from "../field/FaultCode.ts"
import type { Step } from "./Step.ts"

/**
 * What is wrong, where, the bytes and what to do.
 *
 * @category encoding
 * @since 0.1.0
 */
export const messageOf = (code: DecodeFaultCode, path: string, bytes: Uint8Array): string => {
  const { hint, summary } = decodeFaults[code]
  const hex = Buffer.from(bytes.subarray(0, 16)).toString("hex").toUpperCase()
  const shown = bytes.length === 0 ? "" : ` (X'${hex}'${bytes.length > 16 ? "…" : ""})`
  return `${code}: ${path}: ${summary}${shown}; ${hint}`
}

/**
 * A field's path with the indexes of the tables that it lies in: `ORDER.LINES[2].PRICE`.
 *
 * @category getters
 * @since 0.1.0
 */
export const pathOf = (step: Step, indexes: ReadonlyArray<number>): string => {
  const { path } = step.field
  let text = ""
  let from = 0
  for (const [depth, table] of step.tablePaths.entries()) {
    const index = indexes[depth]
    if (index === undefined) break
    text += `${table.slice(from)}[${index}]`
    from = table.length
  }
  return text + path.slice(from)
}
