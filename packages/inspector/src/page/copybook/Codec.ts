/** A copybook's text and settings, as all that is needed to read records; or why not. */
import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { type FilePlan, layoutOptions, planRecords } from "@countersign/copybook/file/PlanMaking"
import type { Layout } from "@countersign/copybook/layout/Layout"
import { describeLayout } from "@countersign/copybook/layout/LayoutDescription"
import { layoutWith } from "@countersign/copybook/layout/LayoutMaking"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import type { Diagnostic } from "@countersign/copybook/source/Diagnostic"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as Result from "effect/Result"

export interface Codec {
  readonly layout: Layout
  readonly plan: FilePlan
  readonly decoder: FileDecoder.FileDecoder
  /** As the decoder's, with numbers as they are written: for fields one by one. */
  readonly steps: RecordPlan.RecordPlan
}

export interface Understood {
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly layout?: Layout
  readonly codec?: Codec
  /** Why there is no codec, besides what the diagnostics say. */
  readonly problem?: string
}

const fingerprintOf = (layout: Pick<Layout, "aliases" | "dialect" | "root">): string =>
  bytesToHex(sha256(utf8ToBytes(describeLayout(layout))))

const codecOf = (layout: Layout, settings: FileSettings): Result.Result<Codec, Error> =>
  Result.flatMap(planRecords(layout, settings), (plan) =>
    Result.flatMap(FileDecoder.make(plan), (decoder) =>
      Result.map(
        RecordPlan.make(layout, { ...plan.codec, numbers: "string", hasFillers: true }),
        (steps): Codec => ({ layout, plan, decoder, steps }),
      ),
    ),
  )

/** Never throws, whatever the text. */
export const understand = (text: string, settings: FileSettings): Understood => {
  const parsed = parseCopybook(text, settings.copybook)
  if (Result.isFailure(parsed)) return { diagnostics: parsed.failure.diagnostics }
  const { warnings } = parsed.success
  const made = layoutWith(parsed.success, layoutOptions(settings), fingerprintOf)
  if (Result.isFailure(made)) return { diagnostics: [...warnings, ...made.failure.diagnostics] }
  const layout = made.success
  const diagnostics = [...warnings, ...(layout.warnings ?? [])]
  const codec = codecOf(layout, settings)
  return Result.isFailure(codec)
    ? { diagnostics, layout, problem: codec.failure.message }
    : { diagnostics, layout, codec: codec.success }
}
