/**
 * What a thread that writes NDJSON is told and what it answers: data alone, so that it can be
 * sent.
 *
 * @since 0.1.0
 */
import type { KernelModule } from "../kernels/Kernels.ts"
import type { Layout } from "../layout/Layout.ts"
import type { Fault } from "../field/Fault.ts"
import type { CodecOptions } from "../record/CodecOptions.ts"

/**
 * What a thread decodes: code pages by their names, since their tables are made in the thread.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonSetting {
  readonly layout: Layout
  readonly codePage: string
  /** Overrides of fields can't name other code pages. */
  readonly options: Omit<CodecOptions, "codePage">
  /** Without one the threads use the kernels in TypeScript. */
  readonly module?: KernelModule
}

/**
 * A batch on its way: its bytes lie in memory that is shared.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonJob {
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly starts: Int32Array
  readonly lengths: Int32Array
  readonly count: number
  readonly firstRecord: number
  readonly fileOffset: number
  readonly offsets?: Float64Array
  readonly numbers?: Float64Array
}

/**
 * The lines of a batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface NdjsonLines {
  readonly bytes: Uint8Array
  /** Lines. */
  readonly written: number
  /** Records without a line, and why. */
  readonly rejected: ReadonlyArray<{
    readonly record: number
    readonly faults: ReadonlyArray<Fault>
  }>
}

/**
 * @category models
 * @since 0.1.0
 */
export type NdjsonAnswer =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Lines"; readonly lines: NdjsonLines }
  | { readonly _tag: "Failed"; readonly detail: string }
