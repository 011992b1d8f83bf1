/**
 * What a thread that decodes batches is told and what it answers: data alone, so that it can be
 * sent. The bytes themselves lie in shared memory.
 *
 * @since 0.1.0
 */
import type { Fault } from "../field/Fault.ts"
import type { KernelModule } from "../kernels/Kernels.ts"
import type { Layout } from "../layout/Layout.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"

/**
 * What threads decode: code pages by their names, since their tables are made in the thread.
 *
 * @category models
 * @since 0.1.0
 */
export interface DecoderSetting {
  readonly layout: Layout
  readonly codePage: string
  /** Overrides of fields can't name other code pages. */
  readonly options: Omit<CodecOptions, "codePage">
  /** Without one the threads use the kernels in TypeScript. */
  readonly module?: KernelModule
}

/**
 * What becomes of the records.
 *
 * @category models
 * @since 0.1.0
 */
export type JobKind = "ndjson" | "columns"

/**
 * What a thread is started with.
 *
 * @category models
 * @since 0.1.0
 */
export interface ThreadSetting extends DecoderSetting {
  readonly kind: JobKind
}

/**
 * A batch on its way.
 *
 * @category models
 * @since 0.1.0
 */
export interface DecoderJob {
  /** Of the thread: whose output the answer lies in. */
  readonly slot: number
  /** The starts, then the lengths, 32 bits each; then the bytes, unless they are shared already. */
  readonly input: SharedArrayBuffer
  readonly bytes: Uint8Array
  readonly count: number
  readonly firstRecord: number
  readonly fileOffset: number
  readonly offsets?: Float64Array
  readonly numbers?: Float64Array
}

/**
 * Where a column lies in the output.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnAt {
  readonly values: number
  readonly valid: number
  /** Of text in UTF-8; without a meaning for others. */
  readonly offsets: number
}

/**
 * Lines in the output, from its beginning.
 *
 * @category models
 * @since 0.1.0
 */
export interface LinesReport {
  readonly kind: "ndjson"
  /** Units: bytes. */
  readonly length: number
  /** Lines. */
  readonly written: number
  /** Records without a line, and why. */
  readonly rejected: ReadonlyArray<{
    readonly record: number
    readonly faults: ReadonlyArray<Fault>
  }>
}

/**
 * Columns in the output, in the order of the plan's.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnsReport {
  readonly kind: "columns"
  readonly columns: ReadonlyArray<ColumnAt>
  readonly count: number
  readonly faults: ReadonlyArray<Fault>
  readonly rejected: ReadonlyArray<number>
}

/**
 * @category models
 * @since 0.1.0
 */
export type DecoderReport = LinesReport | ColumnsReport

/**
 * @category models
 * @since 0.1.0
 */
export type DecoderAnswer =
  | { readonly _tag: "Ready" }
  /** No decoder could be made. */
  | { readonly _tag: "Unable"; readonly detail: string }
  | {
      readonly _tag: "Done"
      readonly slot: number
      /** The slot's output, where it is another one than before. */
      readonly output: SharedArrayBuffer | undefined
      readonly report: DecoderReport
    }
  | { readonly _tag: "Failed"; readonly slot: number; readonly detail: string }
