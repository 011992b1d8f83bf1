/** What else happens to a process before it is killed. */
import { openAudit } from "@countersign/core/NodeAudit"
import type { KillNine } from "./killNine.ts"

export interface Scenario extends Omit<KillNine, "parent" | "cycles" | "seed"> {
  readonly cyclesMax: number
}

const opensTwice = async (directory: string): Promise<string | undefined> => {
  try {
    const audit = await openAudit({ directory, signals: false })
    await audit.close()
    return "a second opener was let in"
  } catch (cause) {
    const tag = cause instanceof Error && "_tag" in cause ? cause._tag : undefined
    return tag === "TrailLocked" || String(tag).endsWith("/TrailLocked") ? undefined : String(cause)
  }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  "kill-nine": { cyclesMax: Infinity },
  "stop-and-continue": { stopMillis: 3_000, cyclesMax: 1 },
  "second-opener": { during: opensTwice, cyclesMax: 2 },
  "file-limit": { fileKibibytesMax: 256, killAfterMillis: 1_000, cyclesMax: 1 },
}
