/** A verdict in few words. */
import { count } from "../tree/Row.ts"
import type { Verdict } from "./Verdict.ts"

/**
 * @param size entries that the trail has by now: what came since was not verified
 */
export const verdictWords = ({ entries, verdict }: Verdict, size: number | undefined): string =>
  verdict === "verified" && size !== undefined && size > entries
    ? `the first ${count(entries)} verified`
    : verdict
