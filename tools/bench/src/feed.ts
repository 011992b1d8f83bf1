/** Events into an engine as fast as it takes them. */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { OpenEngine } from "./engine.ts"

/** Says why an event was not taken; a full lane is no error. */
const isFull = (verdict: ReturnType<OpenEngine["recordUnsafe"]>): boolean => {
  switch (verdict._tag) {
    case "Accepted":
      return false
    case "Dropped":
      throw new Error("an event was dropped")
    case "Refused":
      if (verdict.error._tag === "AuditRefused" && verdict.error.reason === "lane-full") return true
      throw verdict.error
  }
}

/** Records until `isOver`, which is asked once in 256 events; returns how many were accepted. */
export const feed = async (
  engine: OpenEngine,
  events: ReadonlyArray<AuditEventInput>,
  isOver: (accepted: number) => boolean,
): Promise<number> => {
  const { recordUnsafe } = engine
  let accepted = 0
  while (!isOver(accepted)) {
    for (let left = 256; left > 0;) {
      const event = events[accepted % events.length]
      if (event === undefined) return accepted
      if (isFull(recordUnsafe(event))) {
        await engine.room()
      } else {
        accepted += 1
        left -= 1
      }
    }
  }
  return accepted
}

/** Records one event that must be taken at once. */
export const feedOne = (engine: Pick<OpenEngine, "recordUnsafe">, event: AuditEventInput): void => {
  if (isFull(engine.recordUnsafe(event))) throw new Error("a lane was full at a low rate")
}
