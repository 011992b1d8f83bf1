/** What is to be said of the figures on the page where they are not those of now. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import type { ConnectionState } from "../connection/Standing.ts"

/**
 * The time of the frame that is shown. A moment that the page remembers no more shows the oldest
 * frame that it has, which is of another time.
 *
 * @param moment that was chosen; `undefined`: the newest
 */
export const shownMillis = (
  moment: number | undefined,
  shown: Pick<Frame, "atMillis"> | undefined,
): number | undefined => (moment === undefined ? undefined : (shown?.atMillis ?? moment))

/** Why the newest frame is not of now; `undefined`: it is. */
export const staleReason = (state: ConnectionState): string | undefined =>
  state._tag === "Stale" || state._tag === "Refused" ? state.detail : undefined
