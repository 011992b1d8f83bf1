/**
 * Encodes plain objects into records.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Layout } from "../layout/Layout.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import type { CodecOptionsInvalid } from "./CodecOptionsInvalid.ts"
import * as RecordPlan from "./RecordPlan.ts"
import { RecordEncoder } from "./RecordWriting.ts"

export { RecordEncoder }

/**
 * Makes an encoder.
 *
 * - Errors: `CodecOptionsInvalid` where options name what the layout does not have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  layout: Layout,
  options: CodecOptions,
): Result.Result<RecordEncoder, CodecOptionsInvalid> =>
  // What is not selected has bytes all the same.
  Result.map(RecordPlan.make(layout, options, true), (plan) => new RecordEncoder(plan))
