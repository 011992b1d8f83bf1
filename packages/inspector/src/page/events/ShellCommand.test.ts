import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { directoryArgument, queryCommand, shellArgument } from "./ShellCommand.ts"

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

  it("has no key in it that a terminal would obey, and means the same", () => {
    const text = "a\u0003\u0015'b'\\0101 %s\u001b[201~\u009b\tü\nc"
    const argument = shellArgument(text)
    // oxlint-disable-next-line no-control-regex -- they are what it looks for
    assert.notMatch(argument, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u)
    assert.strictEqual(seenByShell(argument), text)
  })

  it("takes no directory for a flag", () => {
    assert.strictEqual(directoryArgument("-rf"), "./-rf")
    assert.strictEqual(directoryArgument("/var/a b"), "'/var/a b'")
  })

  it("says the same as what is shown", () => {
    assert.strictEqual(
      queryCommand("/var/trail", "outcome=denied and actor.id='it'"),
      String.raw`countersign query /var/trail 'outcome=denied and actor.id='\''it'\''' --json`,
    )
    assert.include(queryCommand("-rf", ""), "./-rf 'exists(id)'")
  })
})
