/**
 * Both directions of one layout.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Layout } from "../layout/Layout.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import type { CodecOptionsInvalid } from "./CodecOptionsInvalid.ts"
import * as RecordDecoder from "./RecordDecoder.ts"
import * as RecordEncoder from "./RecordEncoder.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordCodec {
  readonly decoder: RecordDecoder.RecordDecoder
  readonly encoder: RecordEncoder.RecordEncoder
}

/**
 * Makes a codec for the records of a layout. With the option `metadata` what is decoded carries
 * what encoding needs to give the same bytes again.
 *
 * - Errors: `CodecOptionsInvalid` where options name what the layout does not have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  layout: Layout,
  options: CodecOptions,
): Result.Result<RecordCodec, CodecOptionsInvalid> =>
  Result.flatMap(RecordDecoder.make(layout, options), (decoder) =>
    Result.map(RecordEncoder.make(layout, options), (encoder) => {
      if (options.metadata === true) {
        decoder.metadataOf = (value, bytes) => encoder.metadataOf(value, bytes)
      }
      return { decoder, encoder }
    }),
  )
