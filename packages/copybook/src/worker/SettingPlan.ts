/**
 * The plan of records that threads decode.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { CodePageUnknown } from "../charset/CodePageUnknown.ts"
import { codePage } from "../charset/CodePages.ts"
import type { CodecOptionsInvalid } from "../record/CodecOptionsInvalid.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import type { DecoderSetting } from "./DecoderJob.ts"

/**
 * The same in each thread and before it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({
  codePage: name,
  layout,
  options,
}: DecoderSetting): Result.Result<RecordPlan.RecordPlan, CodePageUnknown | CodecOptionsInvalid> =>
  Result.flatMap(codePage(name), (page) => RecordPlan.make(layout, { ...options, codePage: page }))
