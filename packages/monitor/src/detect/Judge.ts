/**
 * What all kinds of rules have in common while they run.
 *
 * @since 0.1.0
 */
import * as Filter from "@countersign/core/query/Filter"
import * as Result from "effect/Result"
import type { DetectionRule } from "./DetectionRule.ts"
import { textOf } from "./Duration.ts"
import { Evidence } from "./Evidence.ts"
import type { KeySpace } from "./KeySpace.ts"
import { SlotTable } from "./SlotTable.ts"

/**
 * An event, as far as every rule needs it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Facts {
  readonly event: unknown
  readonly id: string
  /** Units: milliseconds since 1970. */
  readonly atMillis: number
}

/**
 * What a rule saw.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sighting {
  readonly subject: string
  readonly atMillis: number
  /** How much, in what time, against what bound. */
  readonly detail: string
  /** Ids, the newest last. */
  readonly events: ReadonlyArray<string>
}

/**
 * Events that a rule wants to see, and what it does with them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Watch {
  readonly filter: Filter.Filter
  /** Where its key is. */
  readonly by: DetectionRule["by"]
  readonly look: (facts: Facts, slot: number) => Sighting | undefined
}

/**
 * A rule that runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Judge {
  readonly watches: ReadonlyArray<Watch>
  /** What follows from nothing but time. */
  readonly overdue?: (nowMillis: number) => ReadonlyArray<Sighting>
  /** The writer of events began anew: its own silence before says nothing of its sources. */
  readonly restart?: (nowMillis: number) => void
  /** Values that made room for others, and would be new again. */
  readonly forgottenValues?: () => number
}

/**
 * A place on the earth, in degrees.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly latitude: number
  readonly longitude: number
}

/**
 * What is known of an address or an actor. Who can't be asked about is `unknown`, not `good`.
 *
 * @category models
 * @since 0.1.0
 */
export type Standing = "good" | "bad" | "unknown"

/**
 * What rules may ask of the world. Both answer at once, from what is known already.
 *
 * @category models
 * @since 0.1.0
 */
export interface Outside {
  readonly locate?: (address: string) => Place | undefined
  readonly standingOf?: (subject: string) => Standing
}

/**
 * What a kind of rule is built with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bench {
  readonly space: KeySpace
  readonly table: SlotTable
  readonly evidence: Evidence
  /** How late an event may be. */
  readonly latenessMillis: number
  readonly outside: Outside
  /** Whether a finding of this subject would come too soon after another. */
  readonly isQuiet: (subject: string, atMillis: number) => boolean
}

/**
 * @param keysMax of the space
 * @category constructors
 * @since 0.1.0
 */
export const makeBench = (
  space: KeySpace,
  keysMax: number,
  rest: Pick<Bench, "isQuiet" | "latenessMillis" | "outside">,
): Bench => {
  const table = new SlotTable(keysMax)
  space.onForget((slot) => table.forget(slot))
  return { space, table, evidence: new Evidence(table), ...rest }
}

/**
 * The filter of a rule, which its schema has read before.
 *
 * @category decoding
 * @since 0.1.0
 */
export const filterOf = (text: string): Filter.Filter => Result.getOrThrow(Filter.parse(text))

/**
 * A rule with one watch: its `when`, by its `by`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const single = (rule: DetectionRule, look: Watch["look"]): Judge => ({
  watches: [{ filter: filterOf(rule.when), by: rule.by, look }],
})

/**
 * The sighting of a subject whose events were counted, unless there was one of late.
 *
 * @param row of the subject
 * @category constructors
 * @since 0.1.0
 */
export const counted = (
  { evidence, isQuiet, space }: Bench,
  { atMillis }: Facts,
  [slot, row]: readonly [slot: number, row: number],
  withinMillis: number,
  what: () => string,
): Sighting | undefined => {
  const subject = space.nameOf(slot)
  if (isQuiet(subject, atMillis)) return undefined
  return {
    subject,
    atMillis,
    detail: `${what()} within ${textOf(withinMillis)}`,
    // Of one that comes late, those after it belong to its windows as well.
    events: evidence.of(row, atMillis - withinMillis, atMillis + withinMillis),
  }
}
