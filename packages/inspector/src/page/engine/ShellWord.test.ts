import { assert, it } from "@effect/vitest"
import { commandFor, shellWord } from "./ShellWord.ts"

it("leaves a plain path as it is", () => {
  assert.strictEqual(shellWord("/var/lib/trail-2"), "/var/lib/trail-2")
})

it("quotes what a shell would take apart or run", () => {
  assert.strictEqual(shellWord("my trail"), "'my trail'")
  assert.strictEqual(shellWord("a'b;$(reboot)"), String.raw`'a'\''b;$(reboot)'`)
  assert.strictEqual(shellWord(""), "''")
})

it("puts a directory into a command as it is, whatever it is called", () => {
  assert.strictEqual(commandFor("countersign top DIR", "/trail"), "countersign top /trail")
  assert.strictEqual(commandFor("countersign top DIR", "a$$b$&"), "countersign top 'a$$b$&'")
})
