/**
 * Which series a selector means.
 *
 * @since 0.1.0
 */
import * as Glob from "@countersign/core/query/Glob"
import type { Labels } from "../metric/Reading.ts"
import type { LabelPatterns } from "./AlertRule.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type LabelMatch = (labels: Labels) => boolean

const compiled = (
  patterns: LabelPatterns | undefined,
): ReadonlyArray<readonly [label: string, globs: ReadonlyArray<Glob.Glob>]> =>
  Object.entries(patterns ?? {}).map(([label, given]) => [
    label,
    (typeof given === "string" ? [given] : given).map(Glob.make),
  ])

/**
 * Labels that a series doesn't have are empty texts.
 *
 * @param labels each must match one of its patterns
 * @param except a series that matches all of these is left out
 * @category constructors
 * @since 0.1.0
 */
export const labelMatch = (
  labels: LabelPatterns | undefined,
  except: LabelPatterns | undefined,
): LabelMatch => {
  const wanted = compiled(labels)
  const unwanted = compiled(except)
  const isMatch =
    (found: Labels) =>
    ([label, globs]: (typeof wanted)[number]): boolean =>
      globs.some((glob) => Glob.matches(glob, found[label] ?? ""))
  return (found) =>
    wanted.every(isMatch(found)) && !(unwanted.length > 0 && unwanted.every(isMatch(found)))
}
