/** Which of the kinds of records that were asked for a file has. */
import type { FilePlan } from "@countersign/copybook/file/FilePlan"

export interface Selection {
  /** The plan, which notes the ids that it meets. */
  readonly plan: FilePlan
  /** Ids that were asked for and that no record had so far, as they were written. */
  readonly missing: () => ReadonlyArray<string>
}

export const watchSelection = (plan: FilePlan): Selection => {
  const { segments, settings } = plan
  const wanted = settings.segments?.select ?? []
  if (segments === undefined || wanted.length === 0) return { plan, missing: () => [] }
  const met = new Set<string>()
  const isSelected = (id: string): boolean => {
    const is = segments.isSelected(id)
    if (is) met.add(id)
    return is
  }
  return {
    plan: { ...plan, segments: { ...segments, isSelected } },
    missing: () => wanted.filter((id) => !met.has(segments.idFor(id))),
  }
}

/** What a report says of them. */
export const missingText = (missing: ReadonlyArray<string>): string =>
  `no record has the id ${missing.map((id) => JSON.stringify(id)).join(" or ")} of --only-segment`
