/** JSON on lines of its own, as people read it. */
import { visibleLines } from "../text/HostileText.ts"

/** Lines of what is nested more deeply would be mostly space, megabytes of it. */
const nestingMax = 32
/** Units: UTF-16 units. */
const textMax = 65_536

const isDeeper = (value: unknown, nesting: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (nesting === 0 || Object.values(value).some((one) => isDeeper(one, nesting - 1)))

/**
 * @param value what the text says; `undefined`: it is no JSON
 * @param text stands there as it is where it makes no lines
 */
export const prettyJson = (value: unknown, text: string): string =>
  typeof value === "object" && value !== null && !isDeeper(value, nestingMax)
    ? JSON.stringify(value, null, 2)
    : visibleLines(text, textMax)
