/**
 * Values on one side of a bound or the other.
 *
 * @since 0.1.0
 */
import type { Comparison } from "./AlertRule.ts"

/**
 * Whether a value is on the wrong side of a bound. A value that is no number is on neither.
 *
 * @category predicates
 * @since 0.1.0
 */
export const compares = ({ bound, is }: Comparison, value: number): boolean => {
  switch (is) {
    case "above":
      return value > bound
    case "at-least":
      return value >= bound
    case "below":
      return value < bound
    case "at-most":
      return value <= bound
    case "equals":
      return value === bound
    case "differs":
      return !Number.isNaN(value) && value !== bound
  }
}
