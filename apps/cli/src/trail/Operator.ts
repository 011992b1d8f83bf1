/** Who sits at the terminal, as far as the system says. */
import { userInfo } from "node:os"
import type { Actor } from "@countersign/core/event/AuditEvent"

export const operator = (): Actor => {
  try {
    return { id: userInfo().username, type: "user" }
  } catch {
    return { id: `uid ${process.getuid?.() ?? "unknown"}`, type: "user" }
  }
}
